# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/rolodock
WORKDIR /src
COPY requirements.lock ./
RUN /opt/rolodock/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml ./
COPY models models
COPY workers workers
COPY api api
COPY dashboard dashboard
RUN /opt/rolodock/bin/pip install --no-deps --no-build-isolation .

FROM python:3.12-slim

ENV PATH=/opt/rolodock/bin:$PATH PYTHONUNBUFFERED=1 ROLODOCK_DATA_DIR=/data MALLOC_ARENA_MAX=2
RUN groupadd --system --gid 10001 rolodock \
    && useradd --system --uid 10001 --gid rolodock --no-create-home --shell /usr/sbin/nologin rolodock \
    && install -d -o rolodock -g rolodock -m 700 /data
COPY --from=build /opt/rolodock /opt/rolodock
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# For the API. A worker has no port; docker-compose.yml checks it otherwise.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["rolodock", "api", "--host", "0.0.0.0"]
