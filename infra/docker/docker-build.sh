# Sourced: docker_build, which is `docker build` by BuildKit where the client has it (buildx, or what client 20.10 has built in), and by the
# classic builder where not.
docker_build() {
  if docker buildx version >/dev/null 2>&1; then
    docker buildx build --load --progress plain "$@"
  elif DOCKER_BUILDKIT=1 docker build --help 2>/dev/null | grep -q -e --progress; then
    DOCKER_BUILDKIT=1 docker build --progress plain "$@"
  else
    DOCKER_BUILDKIT=0 docker build "$@"
  fi
}
