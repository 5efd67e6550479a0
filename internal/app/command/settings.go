package command

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"larder/internal/app/config"
)

// settings is `larder config`.
type settings struct {
	JSON bool `name:"json" help:"One JSON object."`
}

// Help says how a setting is given.
func (*settings) Help() string {
	return `A setting is a flag, a variable or a key of the settings file (the flag without its dashes); the first of these that has it counts, then its default. What has no flag is a secret, or as long as one: a variable, or the file that the line above it names. "restart" means that a change counts from the next start.

  larder config
  larder config --json`
}

// Run prints the table of settings.
func (c *settings) Run(w World) error {
	table, err := config.Table()
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(map[string]any{"settings": table})
	}
	columns := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "KEY\tFLAG\tVARIABLE\tDEFAULT\tRELOADS\tMEANING")
	for _, s := range table {
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Key, dash(s.Flag), s.Variable, dash(s.Default), s.ReloadWord(), s.Meaning)
	}
	return columns.Flush()
}

// dash stands where there is nothing.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
