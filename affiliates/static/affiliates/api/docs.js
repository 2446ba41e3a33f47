// Shows the OpenAPI document with Swagger UI, which django-ninja brings. All of it comes from this site.
"use strict";

const place = document.getElementById("api");

window.SwaggerUIBundle({
  url: place.dataset.openapiUrl,
  domNode: place,
  deepLinking: true,
  // Neither asks a server elsewhere whether the document is valid, nor shows a badge from there.
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});
