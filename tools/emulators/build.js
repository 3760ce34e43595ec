// `node tools/emulators/build.js`: builds the two emulators of the tests into `bin/`, unless they are there already.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoPrograms } from '../go-programs.js';

buildGoPrograms(dirname(fileURLToPath(import.meta.url)), {
  programs: {
    'fake-gcs-server': 'github.com/fsouza/fake-gcs-server',
    'bigquery-emulator': 'github.com/goccy/bigquery-emulator/cmd/bigquery-emulator',
  },
  purpose: 'The emulators',
});
