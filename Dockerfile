FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tools tools
COPY bin bin
COPY src src
# The simulator speaks AWS's protocols for tests and the demo; production has no use for it.
RUN npm run build -- --without-simulator

FROM node:24-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional packages, which are the Node that this image has anyway.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY bin bin
COPY data data
COPY --from=build /app/dist dist
RUN install --directory --owner=node --group=node /var/lib/grantkeeper
ENV NODE_ENV=production
USER node
WORKDIR /var/lib/grantkeeper
# Needs no init of its own: as process 1, the launcher runs the controller under /bin/sh, which reaps Git's helpers.
ENTRYPOINT ["node", "/app/bin/grantkeeper.mjs"]
