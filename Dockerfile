# One image for web, worker, beat and migrate; docker-compose.yml gives each its command.
FROM python:3.13-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/srv/venv UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /srv/site
RUN pip install --no-cache-dir 'uv>=0.8'
# The dependencies change seldom, so they are a layer of their own.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --extra site --no-default-groups --no-install-project
COPY affiliates affiliates
COPY workflows workflows
RUN uv sync --frozen --extra site --no-default-groups --no-editable

FROM python:3.13-slim
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=program_site.settings.production \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin site \
    && mkdir -p /srv/static /srv/media && chown site /srv/media
COPY --from=build /srv/venv /srv/venv
COPY site /srv/site/site
COPY templates /srv/site/templates
WORKDIR /srv/site/site
# Collecting needs settings, yet none of these values ends up in the image's configuration.
RUN SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost DATABASE_URL=sqlite://:memory: \
    EMAIL_URL=dummymail:// python manage.py collectstatic --noinput
USER site
EXPOSE 8000
VOLUME /srv/media
CMD ["gunicorn", "program_site.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", "--no-control-socket", "--access-logfile=-", "--logger-class=affiliates.core.gunicorn.Logger"]
