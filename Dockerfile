# Reads recordings and cameras without a window, on a processor.
#   docker build -t platescribe .
#   docker run --rm -v "$PWD:/data" platescribe run /data/clip.mp4 --csv /data/reads.csv
#   docker run -d -v log:/log -p 127.0.0.1:8080:8080 platescribe serve rtsp://camera/stream --http 0.0.0.0:8080
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /env && /env/bin/pip install --no-cache-dir ".[serve,mqtt]" \
    # The window's libraries are of no use here.
    && /env/bin/pip uninstall --yes PyQt5 PyQt5-Qt5 PyQt5_sip pip \
    && find /env -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.12-slim
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends libgl1 libglib2.0-0 libxcb1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 reader \
    && install -d -o reader -g reader /data /log
COPY --from=build /env /env
ENV PATH=/env/bin:$PATH XDG_DATA_HOME=/log XDG_CONFIG_HOME=/log/config XDG_CACHE_HOME=/tmp/cache
USER reader
WORKDIR /data
VOLUME /log
# Only `serve` can be asked how it does; any other command is well while it runs.
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s CMD ! grep -qa serve /proc/1/cmdline \
    || python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health', timeout=15)"
ENTRYPOINT ["platescribe"]
CMD ["doctor"]
