"""People with accounts. Every password is ``password``."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from factory.django import DjangoModelFactory, Password


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda number: f"Group {number}")


class UserFactory(DjangoModelFactory):
    """``groups=["Editors"]`` by name; ``permissions=["affiliates.change_application"]``."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    first_name = "Pat"
    last_name = factory.Sequence(lambda number: f"Person {number}")
    password = Password("password")

    @factory.post_generation
    def groups(self, create, extracted, **kwargs):
        self.groups.add(*Group.objects.filter(name__in=extracted or []))

    @factory.post_generation
    def permissions(self, create, extracted, **kwargs):
        for label in extracted or []:
            app_label, codename = label.split(".")
            self.user_permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
