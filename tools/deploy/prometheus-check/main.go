// Reads with Prometheus' own parsers what Contrail gives it, and prints the names of the metrics found, one a line.
//
//	prometheus-check rules FILE     a file of alert rules
//	prometheus-check expressions    a JSON list of PromQL expressions on standard input
//	prometheus-check text           the text of /metrics on standard input
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	names, err := read(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		fmt.Println(name)
	}
}

func read(args []string) ([]string, error) {
	switch {
	case len(args) == 2 && args[0] == "rules":
		return readRules(args[1])
	case len(args) == 1 && args[0] == "expressions":
		return readExpressions(os.Stdin)
	case len(args) == 1 && args[0] == "text":
		return readText(os.Stdin)
	}
	return nil, fmt.Errorf("usage: prometheus-check rules FILE | expressions | text")
}

func readRules(path string) ([]string, error) {
	groups, errs := rulefmt.ParseFile(path, false, model.UTF8Validation, newParser(), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return nil, errs[0]
	}
	var names []string
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			found, err := namesIn(rule.Expr)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", rule.Alert, err)
			}
			names = append(names, found...)
		}
	}
	return names, nil
}

func readExpressions(in io.Reader) ([]string, error) {
	var expressions, names []string
	if err := json.NewDecoder(in).Decode(&expressions); err != nil {
		return nil, err
	}
	for _, expression := range expressions {
		found, err := namesIn(expression)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", expression, err)
		}
		names = append(names, found...)
	}
	return names, nil
}

func readText(in io.Reader) ([]string, error) {
	textParser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := textParser.TextToMetricFamilies(in)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range families {
		names = append(names, name)
	}
	return names, nil
}

func newParser() parser.Parser {
	return parser.NewParser(parser.Options{})
}

func namesIn(expression string) ([]string, error) {
	parsed, err := newParser().ParseExpr(expression)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, selectors := range parser.ExtractSelectors(parsed) {
		for _, matcher := range selectors {
			if matcher.Name == labels.MetricName {
				names = append(names, matcher.Value)
			}
		}
	}
	return names, nil
}
