# One image for all roles: docker run … surfaces turn-worker (docs/DEPLOYMENT.md). infra/docker/build.sh builds it with its version and revision.
ARG NODE_IMAGE=node:24-trixie-slim

# The packages of package-lock.json, for which no install script runs. Prisma's command line, which is of development, makes its client
# (PRISMA_SCHEMA_ENGINE_BINARY as in infra/scripts/install.sh). Then only what runs in production stays.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY infra/stubs infra/stubs
RUN npm ci --ignore-scripts
COPY prisma.config.ts ./
COPY prisma/schema.prisma prisma/
RUN CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 PRISMA_SCHEMA_ENGINE_BINARY=/usr/local/bin/node node_modules/.bin/prisma generate
COPY infra/docker/keep-production.ts infra/docker/
RUN node infra/docker/keep-production.ts

FROM ${NODE_IMAGE}
# The first three lines as services/supervisor starts the roles, which says what for.
ENV NODE_OPTIONS="--disable-warning=ExperimentalWarning --max-semi-space-size=2" \
    MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 \
    NODE_COMPILE_CACHE=/app/node_modules/.cache/surfaces \
    NODE_ENV=production SURFACES_ENV=production AGENTS_DIR=/agents
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/prisma/generated prisma/generated
COPY LICENSE package.json ./
COPY prisma/migrations prisma/migrations
COPY infra infra
COPY shared shared
COPY services services
# Node keeps what it compiled for each user by itself: the bot's, and one for an agent host that is to be another (docs/FILES.md).
# The volume's place, as a new volume takes it over.
RUN mkdir -p -m 1777 node_modules/.cache/surfaces \
 && setpriv --reuid 1000 --regid 1000 --clear-groups node infra/docker/warm.ts \
 && setpriv --reuid 1001 --regid 1000 --clear-groups node infra/docker/warm.ts agent-host \
 && chown -R root:root node_modules/.cache && chmod -R a+rX,go-w,-t node_modules/.cache \
 && install -d -o 1000 -g 1000 -m 3770 /agents
ARG VERSION=unknown
ARG REVISION=unknown
RUN echo "$REVISION" >REVISION
LABEL org.opencontainers.image.title="surfaces" \
      org.opencontainers.image.description="AI agents in Matrix: one image, the role by its argument" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 1000:1000
EXPOSE 9090
STOPSIGNAL SIGTERM
# Whether it turns, not whether what it needs is there: Swarm ends what is unhealthy. The first success ends the start period.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/infra/docker/health.ts", "live"]
ENTRYPOINT ["node", "/app/infra/docker/entry.ts"]
