# Builds with nothing but the npm registry; runs as an ordinary user.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json prisma.config.ts tsconfig.json ./
COPY scripts scripts
COPY bin bin
COPY prisma prisma
COPY src src
COPY tests/standins tests/standins
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules node_modules
COPY --from=build --chown=node:node /app/bin bin
COPY --from=build --chown=node:node /app/dist dist
COPY --chown=node:node prisma prisma
COPY --chown=node:node flows flows
# The transcripts that a changed flow is tried on in the console.
COPY --chown=node:node tests/flows tests/flows
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8080
ENTRYPOINT ["node", "bin/kentongan.js"]
CMD ["start"]
