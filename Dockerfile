# One image for the server, the delivery worker and every other command; docs/operations.md says how to run it.
# To pin the very bytes: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
# Without pip: nothing in the image installs anything.
RUN python -m venv --without-pip /opt/squatback
COPY requirements.lock ./
RUN pip --python /opt/squatback/bin/python install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml ./
COPY app app
COPY planner planner
COPY seeds seeds
COPY alembic alembic
RUN pip --python /opt/squatback/bin/python install --no-cache-dir --no-deps --no-build-isolation . \
    && mkdir --parents /var/lib/squatback

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/squatback /opt/squatback
# The one place that is written to, and only with an SQLite file.
COPY --from=build --chown=10001:10001 /var/lib/squatback /var/lib/squatback
ENV PATH=/opt/squatback/bin:$PATH \
    HOME=/var/lib/squatback \
    PYTHONUNBUFFERED=1 \
    SQUATBACK_ENVIRONMENT=production
WORKDIR /var/lib/squatback
VOLUME /var/lib/squatback
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["squatback", "serve", "--host", "0.0.0.0", "--port", "8000"]
