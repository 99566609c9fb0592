# One image for everything: `docker build -t liulian .`, or `docker compose up --build`. What it stores lies in /data.
# The machine's own mirrors are honoured: --build-arg PIP_INDEX_URL=… and NPM_CONFIG_REGISTRY=….

FROM node:22-bookworm-slim AS site
ARG NPM_CONFIG_REGISTRY
WORKDIR /liulian/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --loglevel=error
COPY frontend ./
COPY src/liulian/qr/kinds.json ../src/liulian/qr/kinds.json
COPY src/liulian/interstitials/templates/mark.svg ../src/liulian/interstitials/templates/mark.svg
RUN npm run --silent build

FROM python:3.13-slim-bookworm AS build
ARG PIP_INDEX_URL
WORKDIR /liulian
RUN python -m venv /opt/liulian
COPY requirements requirements
RUN /opt/liulian/bin/pip install --quiet --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=site /liulian/src/liulian/web/static src/liulian/web/static
RUN /opt/liulian/bin/pip install --quiet --no-cache-dir --no-deps --no-build-isolation . \
  && /opt/liulian/bin/python -m compileall -q /opt/liulian/lib

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin liulian \
  && install -d -o liulian -g liulian -m 0700 /data
COPY --from=build /opt/liulian /opt/liulian
ENV PATH=/opt/liulian/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  LIULIAN_HOST=0.0.0.0 \
  LIULIAN_DATA_DIR=/data
USER liulian
VOLUME /data
EXPOSE 8000
# Web processes answer without the database; what is wrong with the rest, `docker exec … liulian doctor` says.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('LIULIAN_PORT', '8000') + '/', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["liulian"]
CMD ["serve"]
