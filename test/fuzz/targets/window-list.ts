/** The object metadata about a file's windows, which other programs can write too. */
import { formatHeldNote, parseHeldNote } from '../../../src/domain/rerun/rebuilding.ts';
import { countWindows, formatWindows, parseWindows, windowsWithout } from '../../../src/domain/rerun/window-list.ts';
import { fuzzTarget, mustEqual, mustHold } from '../target.ts';

export const windowListText = fuzzTarget<string>({
  name: 'window-list',
  about: 'the windows of a file in its object metadata',
  quickInputs: 1_000,
  make: (random) => random.mixture(['1', '2', '9', '-', ',', ',', '0', '…', ' ', '999999'], random.pick([3, 8, 20])),
  check: (text) => {
    const list = parseWindows(text);
    if (list === undefined) return;
    let before = Number.NEGATIVE_INFINITY;
    for (const { from, to } of list) {
      mustHold(from <= to && from > before + 1, 'ranges ascend and do not touch');
      before = to;
    }
    mustEqual(windowsWithout(list, list).length, 0, 'windows that a list lacks of itself');
    const written = formatWindows(list);
    const again = parseWindows(written);
    mustHold(again !== undefined, 'what is written can be read');
    if (!written.endsWith('…')) mustEqual(countWindows(again ?? []), countWindows(list), 'windows after writing');
  },
});

export const heldNoteText = fuzzTarget<string>({
  name: 'held-note',
  about: 'since when windows are missing, in object metadata',
  quickInputs: 1_000,
  make: (random) =>
    random.mixture(
      ['2026-06-29T21:30:00.000Z', ' ', 'gone', 'f0123456789abcdef', '0', 'Z', 'é'],
      random.pick([1, 3, 5]),
    ),
  check: (text) => {
    const note = parseHeldNote(text);
    if (note !== undefined) mustEqual(formatHeldNote(note), text, 'the note when it is written again');
  },
});
