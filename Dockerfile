# The server alone, in an image that holds nothing else: docker build -t tahto .
# docker-compose.yml puts it beside a database.

FROM golang:1.26 AS build
WORKDIR /src

# The modules are a layer of their own: they are fetched again only when go.mod
# or go.sum changes, not at every change of the source.
COPY go.mod go.sum ./
RUN go mod download

# The folder .git comes along. The go command notes the version and the time of
# the last change in the program, and the CapabilityStatement tells both. With
# "auto" a source without .git is built too, only without the note. In a git
# worktree, where .git points out of the context, say --build-arg BUILDVCS=false.
ARG BUILDVCS=auto
COPY . .
RUN --mount=type=cache,target=/cache \
    GOCACHE=/cache CGO_ENABLED=0 go build -trimpath -buildvcs=${BUILDVCS} -ldflags "-s -w" -o /out/tahto ./server \
    && mkdir -m 0700 /out/data

# Nothing, rather than distroless: the program is one static file that embeds
# its time zones and definitions, so there is nothing more to patch, and no
# second registry to trust. What it lacks is the certificate authorities, for
# TLS to a MongoDB elsewhere.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/tahto /tahto
# A named volume takes over the owner of the folder that it is mounted on.
COPY --from=build --chown=65532:65532 /out/data /data
ENV TAHTO_DATA=/data
USER 65532:65532
EXPOSE 8080
# The image has no shell and no curl, so the program asks itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/tahto", "health"]
ENTRYPOINT ["/tahto"]
