"""Public addresses of the application form and of mailed links. Include them where you like."""

app_name = "affiliates"

urlpatterns: list = []
