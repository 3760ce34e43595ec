import { MemoryNoticeSource } from '../../src/adapters/memory/notice-source.ts';
import { describeNoticeSource } from './notice-source.ts';

describeNoticeSource('memory', async () => {
  const source = new MemoryNoticeSource();
  return { source, send: async (...contents) => contents.forEach((content) => source.send(content)) };
});
