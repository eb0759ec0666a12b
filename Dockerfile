# One image for every part; the command says which part a container runs.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /phonebank ./cmd/phonebank

FROM debian:12-slim
# curl is for the health checks, the certificates for Twilio, the zones for the
# calling hours of the people we call.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/phonebank phonebank
COPY --from=build /phonebank /usr/local/bin/phonebank
USER phonebank
ENV LISTEN=0.0.0.0:8080 \
    DATA_DIR=/var/lib/phonebank
EXPOSE 8080
ENTRYPOINT ["phonebank"]
CMD ["serve"]
