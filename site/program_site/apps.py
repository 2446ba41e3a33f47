from django.apps import AppConfig


class ProgramSiteConfig(AppConfig):
    name = "program_site"
    verbose_name = "Site"
    default_auto_field = "django.db.models.BigAutoField"
