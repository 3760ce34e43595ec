import { describe, expect, it } from 'vitest';
import { referencesOf } from '../../../src/metric-hub/template.ts';
import { TemplateError } from '../../../src/metric-hub/template-tokens.ts';

function call(name: string, calledWith = 1) {
  return { name, attribute: undefined, calledWith };
}

describe('the names that an SQL template needs', () => {
  it.each([
    ['a function', '{{agg_sum("x")}}', [call('agg_sum')]],
    ['a function of a function', "{{ agg_any(agg_sum('x')) }}", [call('agg_sum'), call('agg_any')]],
    ['a parameter', '{{ parameters.x }}', [{ name: 'parameters', attribute: 'x', calledWith: undefined }]],
    [
      'a parameter in brackets',
      "{{ parameters['x'] }}",
      [{ name: 'parameters', attribute: 'x', calledWith: undefined }],
    ],
    ['several', '{{ a("x") }} + {{b("y")}}', [call('a'), call('b')]],
    ['none in quotes', '{{ a("{{ b(1) }} \' c }}") }}', [call('a')]],
    ['quoted pieces that join', '{{agg_any("""x""" \'y\')}}', [call('agg_any')]],
    ['quoted pieces over several lines', '{{agg_any("""\n  x = \'y\'\n""")}}', [call('agg_any')]],
    ['a named value', '{{ agg_sum(select_expr="x") }}', [call('agg_sum')]],
    ['two values', '{{ agg_sum("x", "y") }}', [call('agg_sum', 2)]],
    ['behind an operator', '{{ 1 + a("x") if b else -c.d }}', ['a', 'b', 'c']],
    ['in lists and tables', '{{ [a, {"k": b}] | join(",") }}', ['a', 'b']],
    ['none in comments and statements', '{# {{ a }} #}{% if b %}x{% endif %}', []],
    ['none in plain text', 'SUM(x) }} "', []],
    ['constants are none', '{{ true and not None }}', []],
  ])('%s', (_, template, expected) => {
    const references = referencesOf(template);

    const isOfNames = expected.every((entry) => typeof entry === 'string');
    expect(isOfNames ? references.map(({ name }) => name) : references).toEqual(expected);
  });

  it.each([
    ['an expression that is not closed', '{{ a("x")'],
    ['a quote that is not closed', '{{ a("x) }}'],
    ['a bracket that is not closed', '{{ a("x" }}'],
    ['an empty expression', '{{ }}'],
    ['two values without anything between them', '{{ a b }}'],
    ['a number that runs into a name', '{{2b9879e0}}'],
    ['an operator without a value', '{{ a + }}'],
    ['a sign of no language', '{{ a ; b }}'],
    ['a comment that is not closed', '{# a'],
  ])('cannot be told of %s', (_, template) => {
    expect(() => referencesOf(template)).toThrow(TemplateError);
  });
});
