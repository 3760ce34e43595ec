/** YAML as values, by the parser that formats it: mappings, sequences, texts, aliases and merges (`<<`); every scalar is a text. */
import { parsers } from 'prettier/plugins/yaml';
import { z } from 'zod';

export type YamlValue = string | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

interface Node {
  readonly type: string;
  readonly value?: string | undefined;
  readonly anchor?: { readonly value: string } | null | undefined;
  readonly children?: readonly Node[] | undefined;
}

const Node: z.ZodType<Node> = z.object({
  type: z.string(),
  value: z.string().optional(),
  anchor: z.object({ value: z.string() }).nullish(),
  children: z.array(z.lazy(() => Node)).optional(),
});

/** The value of a text with one document. Throws where it is no YAML. */
export async function parseYaml(text: string): Promise<YamlValue> {
  const root = Node.parse(await parsers.yaml.parse(text, {} as never));
  const content = root.children?.[0]?.children?.find(({ type }) => type === 'documentBody')?.children?.[0];
  return valueOf(content, new Map());
}

function valueOf(node: Node | undefined, anchors: Map<string, YamlValue>): YamlValue {
  if (node === undefined) return null;
  if (node.type === 'alias') return anchors.get(node.value ?? '') ?? null;
  const value = contentOf(node, anchors);
  if (node.anchor) anchors.set(node.anchor.value, value);
  return value;
}

function contentOf({ type, value, children = [] }: Node, anchors: Map<string, YamlValue>): YamlValue {
  if (/sequence$/i.test(type)) return children.map((item) => valueOf(inner(item), anchors));
  if (!/mapping$/i.test(type)) return value ?? null;
  const entries = children.flatMap(({ children: [key, item] = [] }) => {
    const name = inner(key)?.value ?? '';
    const content = valueOf(inner(item), anchors);
    return name === '<<' && typeof content === 'object' ? Object.entries(content ?? {}) : [[name, content] as const];
  });
  return Object.fromEntries(entries);
}

/** What a key, a value or an item is about. */
function inner(node: Node | undefined): Node | undefined {
  return node?.children?.[0];
}
