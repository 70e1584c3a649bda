FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/squatback \
    && /opt/squatback/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml ./
COPY app app
COPY planner planner
COPY seeds seeds
COPY alembic alembic
RUN /opt/squatback/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /srv/squatback squatback
COPY --from=build /opt/squatback /opt/squatback
USER 10001
WORKDIR /srv/squatback
ENV PATH=/opt/squatback/bin:$PATH PYTHONUNBUFFERED=1 SQUATBACK_ENVIRONMENT=production
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["squatback", "serve", "--host", "0.0.0.0", "--port", "8000"]
