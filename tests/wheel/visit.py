"""Run in a new Wagtail project into which the wheel was installed: what a visitor and staff do.

It prints what a test looks at, as JSON. The project has this app's parts only by its wheel.
"""

import json
import re
import uuid

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from affiliates.models import AffiliateProgramPage, Application  # noqa: E402
from workflows.models import OutgoingMail  # noqa: E402

HOST = {"HTTP_HOST": "localhost"}
APPLICATION = {
    "group": {
        "name": "Ohio Parents",
        "region": "US-OH",
        "scope": "state",
        "locality": "",
        "summary": "Parents who help each other.",
        "links": [{"network": "website", "url": "ohio-parents.org"}],
    },
    "contact": {"name": "Rosa Diaz", "email": "rosa@ohio-parents.org", "phone": ""},
    "alternate_contact": None,
    "answers": {},
    "language": "en",
}


def add_program() -> AffiliateProgramPage:
    program = AffiliateProgramPage(
        title="Our affiliates",
        slug="affiliates",
        introduction="<p>Groups like yours.</p>",
        beliefs=[("statement", "Every child is safe.")],
        obligations=[("statement", "We name a contact.")],
        contact_email="network@example.org",
    )
    Site.objects.get(is_default_site=True).root_page.add_child(instance=program)
    program.save_revision().publish()
    return program


def apply(program: AffiliateProgramPage, visitor: Client) -> Application:
    url = f"/api/affiliates/v1/programs/{program.slug}/"
    terms = visitor.get(url, **HOST).json()
    accepted = [one["id"] for one in [*terms["beliefs"], *terms["obligations"]]]
    answer = visitor.post(
        f"{url}applications/",
        json.dumps({**APPLICATION, "accepted": accepted}),
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
        **HOST,
    )
    assert answer.status_code == 201, answer.content
    return Application.objects.get(reference=answer.json()["reference"])


def status_link() -> str:
    mail = OutgoingMail.objects.get(kind="application_received")
    text = bytes(mail.message).decode().replace("=\r\n", "")
    return re.search(r"/join/link/[^\s\"<]+", text)[0]


def main() -> dict:
    program, visitor, staff = add_program(), Client(), Client()
    staff.force_login(get_user_model().objects.create_superuser("boss", "boss@example.org", "x"))
    pages = {
        "program": visitor.get(program.url, **HOST),
        "form": visitor.get("/join/affiliates/", **HOST),
        "openapi": visitor.get("/api/affiliates/v1/openapi.json", **HOST),
    }
    application = apply(program, visitor)
    for command in ("start_reviews", "sweep_deadlines", "ask_for_updates", "drain_outbox"):
        call_command(command)
    pages["status"] = visitor.get(status_link(), follow=True, **HOST)
    pages["list"] = staff.get("/admin/affiliates/applications/", **HOST)
    application.refresh_from_db()
    page = Page.objects.get(pk=application.affiliate_id)
    page.specific.save_revision().publish()
    pages["affiliate"] = visitor.get(page.url, **HOST)
    application.refresh_from_db()
    return {
        "pages": {name: answer.status_code for name, answer in pages.items()},
        "program": pages["program"].content.decode(),
        "status": pages["status"].content.decode(),
        "state": application.state,
        "affiliation": page.specific.affiliation.state,
        "listed": visitor.get("/api/affiliates/v1/programs/affiliates/affiliates/", **HOST).json()[
            "count"
        ],
    }


print("\n" + json.dumps(main()))  # noqa: T201
