"""Importing a table as a person does it in the admin."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

PAGE = reverse("affiliates_import")


def upload(client, program, content, name="chapters.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile(name, content)
    return client.post(PAGE, {"program": program.pk, "file": file})


def suggested(response):
    """What the page about columns would send if nobody changed anything."""
    form = response.context["form"]
    version = response.context["upload"].version
    return {field.html_name: field.value() or "" for field in form} | {"version": version}


def choose(client, address, **choices):
    """Say what the columns are taken for: as suggested, but for ``choices``. Return the answer."""
    response = client.get(address)
    named = {field.label: field.html_name for field in response.context["form"].columns}
    changed = {named.get(name, name): column for name, column in choices.items()}
    return client.post(address, suggested(response) | changed)


def checked(client, program, *args):
    """The address of the page that shows what the table would do."""
    return choose(client, upload(client, program, *args).url).url


def words(response):
    return " ".join(response.content.decode().split())
