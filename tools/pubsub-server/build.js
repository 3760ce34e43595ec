// `node tools/pubsub-server/build.js`: builds Google's in-memory Pub/Sub server into `bin/`, unless it is there already.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoPrograms } from '../go-programs.js';

buildGoPrograms(dirname(fileURLToPath(import.meta.url)), {
  programs: { 'pubsub-server': '.' },
  sources: ['main.go'],
  purpose: 'The Pub/Sub server',
});
