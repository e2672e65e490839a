# Two stages: what installs stays behind. No compiler is needed, for every requirement is a wheel, and so are the fonts of the charts.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/python -m pip install --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /venv/bin/python -m pip install --no-build-isolation --no-deps .

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
  BOT_HTTP_HOST=0.0.0.0 BOT_HTTP_PORT=8000 BOT_PROBE_PORT=8000 BOT_LOG_FORMAT=json
WORKDIR /app
RUN useradd --uid 10001 --create-home bot && mkdir data && chown bot data
COPY --from=build /venv /venv
COPY prompts ./prompts
COPY feeds.yaml ./
USER bot
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['BOT_HTTP_PORT'] + '/livez', timeout=4)"]
ENTRYPOINT ["bot"]
CMD ["run"]
