package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Setting is one row of the table of settings, for people.
type Setting struct {
	Key      string `json:"key"`      // in the settings file, and in what is told of a wrong value
	Flag     string `json:"flag"`     // with its dashes; "" for what is a variable and nothing else
	Variable string `json:"variable"` // of the environment
	Group    string `json:"group"`    // what it belongs to; "" for the installation itself
	Meaning  string `json:"meaning"`  // whole sentences
	Default  string `json:"default"`  // as it would be written; "" for none
	Reloads  bool   `json:"reloads"`  // a change counts while the platform runs; others need a restart
}

// reloads is the tag of a field of [Config] whose changes count while the platform runs.
const reloads = "reloads"

// Table returns every setting in the order of [Config]. What is read from a file, because a command
// line is seen by others, is followed by the variable that may hold it instead.
func Table() ([]Setting, error) {
	flags, err := flags()
	if err != nil {
		return nil, err
	}
	direct := map[string]string{} // keys of what stands in a file, by the key of the file
	for _, s := range new(Config).sources() {
		direct[s.key+"-file"] = s.key
	}
	var table []Setting
	for _, f := range flags {
		s := Setting{
			Key: f.Name, Flag: "--" + f.Name, Variable: Variable(f.Name), Meaning: f.Help, Default: f.Default, Reloads: f.Tag.Has(reloads),
		}
		if f.Group != nil {
			s.Group = f.Group.Key
		}
		table = append(table, s)
		if key, ok := direct[f.Name]; ok {
			table = append(table, Setting{
				Key: key, Variable: Variable(key), Group: s.Group, Reloads: s.Reloads,
				Meaning: "What the file of " + s.Flag + " would hold; one of the two.",
			})
		}
	}
	return table, nil
}

// flags are the settings as kong sees them.
func flags() ([]*kong.Flag, error) {
	model, err := kong.New(&Config{}, kong.NoDefaultHelp())
	if err != nil {
		return nil, fmt.Errorf("config: table of settings: %w", err)
	}
	return model.Model.Flags, nil
}

// about is what docs/configuration.md says before the tables.
const about = `<!-- Made from internal/app/config by go generate. DO NOT EDIT. -->

# Settings

A setting is a flag, a variable of the environment or a key of the settings file, and the first of these that has it counts; then its
default does. The settings file is named by ` + "`--config` or `LARDER_CONFIG`" + `: one JSON object whose keys are the flags without their dashes,
such as ` + "`{\"db\": \"/var/lib/larder/larder.db\", \"open-ttl\": \"8s\"}`" + `. Secrets are no flags and do not stand in that file: each has a file of
its own or a variable. A wrong setting is named with its reason before anything starts.

` + "`larder config`" + ` prints this table, with ` + "`--json`" + ` for programs.
`

// Page returns docs/configuration.md.
func Page(table []Setting) string {
	var b strings.Builder
	b.WriteString(about)
	group := "\x00" // none
	for _, s := range table {
		if s.Group != group {
			group = s.Group
			title := group
			if title == "" {
				title = "Installation"
			}
			b.WriteString("\n## " + title + "\n\n| flag | variable | default | reloads | meaning |\n|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code(s.Flag), code(s.Variable), code(s.Default), s.ReloadWord(), strings.ReplaceAll(s.Meaning, "|", "\\|"))
	}
	return b.String()
}

// ReloadWord says when a change counts, in a word.
func (s Setting) ReloadWord() string {
	if s.Reloads {
		return "yes"
	}
	return "restart"
}

// code is a text as Markdown shows code; "" for none.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
