# One image for every command: `docker run contrail --help`. See docs/docker.md.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

# No package needs its install script: those of DuckDB and msgpackr bring their native parts ready-made.
FROM base AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM base AS packages
# TypeScript is an optional peer of a package of Bull Board; nothing loads it at run time.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force && \
    rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc

# What fills the emulators of docker-compose.yml; Node runs its TypeScript, and the source it uses, as they stand.
FROM packages AS seed
COPY src ./src
COPY sample ./sample
COPY tools/seed ./tools/seed
RUN install --directory --owner node /var/lib/contrail/seed
USER node
ENTRYPOINT ["node", "tools/seed/main.ts"]

FROM packages AS contrail
COPY bin ./bin
COPY assets ./assets
COPY config ./config
COPY --from=build /app/dist ./dist
RUN install --directory --owner node /var/lib/contrail/spool
ENV NODE_ENV=production CONTRAIL_RECORDS_SPOOL=/var/lib/contrail/spool
USER node
ENTRYPOINT ["node", "bin/contrail.js"]
CMD ["--help"]
