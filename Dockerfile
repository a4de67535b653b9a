# For machines with Docker and a registry: docker build -t grantkeeper .
# deploy/image/build makes the same image from Debian's packages, without either. It reads the suite and the settings
# of the image from this file, and both run the same two scripts.
FROM node:24-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends binutils
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN deploy/image/app /image

FROM debian:trixie-slim AS debian
RUN --mount=type=bind,source=deploy/image,target=/mnt \
  apt-get update \
  && sed '/^#/d' /mnt/packages | xargs apt-get install --yes --no-install-recommends \
  && /mnt/settle /mnt/packages

# One layer without what was removed.
FROM scratch
COPY --from=debian / /
COPY --from=build /image /
ENV NODE_ENV=production
ENV GRANTKEEPER_CONFIG=/etc/grantkeeper/grantkeeper.yaml
ENV GRANTKEEPER_STATE_DIR=/var/lib/grantkeeper
USER 10001:10001
WORKDIR /var/lib/grantkeeper
VOLUME /var/lib/grantkeeper
EXPOSE 8085
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["grantkeeper", "probe"]
# The image needs no other init: as process 1, the launcher runs the controller under /bin/sh, which passes signals on and
# reaps Git's helpers.
ENTRYPOINT ["grantkeeper"]
CMD ["run"]
