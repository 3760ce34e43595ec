// A process that holds a DuckDB file until its input ends; run as: node duckdb-holder.mjs <path>
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.argv[2], { access_mode: 'READ_WRITE' });
const connection = await instance.connect();
await connection.run('CREATE TABLE IF NOT EXISTS held (a INTEGER)');
process.stdout.write('held\n');
process.stdin.resume();
process.stdin.on('end', () => {
  connection.closeSync();
  instance.closeSync();
  process.stdout.write('released\n');
});
