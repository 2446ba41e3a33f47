"""The page model that the site's pages build on: Wagtail's own, or what the site swapped in.

A site with its own ``WAGTAIL_PAGE_MODEL`` lists that model's app before ``affiliates`` in
``INSTALLED_APPS``, because our page types are made from it when our models are loaded.
"""

import swapper
import wagtail.models  # noqa: F401  (Wagtail's models must exist before one can be looked up)

Page = swapper.load_model("wagtailcore", "Page", require_ready=False)
PAGE_MODEL_NAME: str = swapper.get_model_name("wagtailcore", "Page")
