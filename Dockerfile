# Reads recordings without a window. Build: docker build -t platescribe .
# Use: docker run --rm -v "$PWD:/data" platescribe run /data/clip.mp4 --csv /data/reads.csv
FROM python:3.12-slim
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends libgl1 libglib2.0-0 libxcb1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt .
# On a machine without a graphics card the processor's build of torch saves some gigabytes.
RUN pip install --no-cache-dir torch torchvision --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --create-home reader
USER reader
WORKDIR /data
ENTRYPOINT ["python", "/app/main.py"]
CMD ["doctor"]
