package command

import (
	"context"
	"fmt"
	"io"

	"larder/internal/app/config"
	"larder/internal/core/weigh/study"
	"larder/internal/core/weigh/tell"
)

// explains is `larder weigh explain`, and `larder weigh --explain`.
type explains struct {
	Recorded recorded `embed:""`
	Lang     string   `name:"lang" default:"en" placeholder:"en|zh" help:"Language: en or zh."`
}

// Help has the examples.
func (*explains) Help() string {
	return `It tells sessions in words, for people who have never seen a scale curve: what every scale showed, what changed and when, what may have happened, what the verdict waited for, and why a person has to look. Sessions of a database are told as they were judged then.

  larder weigh explain --session 7412345678901234 --db larder.db --lang zh
  larder weigh explain sessions.jsonl
  larder weigh --explain < sessions.jsonl`
}

// check judges the language and the policy.
func (c *explains) check(World) error {
	return config.Join(c.Recorded.judged(), languageCheck(c.Lang))
}

func languageCheck(name string) error {
	if _, err := tell.ParseLanguage(name); err != nil {
		return problemsOf([]config.Problem{{Key: "lang", Reason: err.Error()}})
	}
	return nil
}

// Run tells.
func (c *explains) Run(ctx context.Context, w World) error {
	first := true
	return c.Recorded.each(ctx, w, func(s study.Session) (bool, error) {
		if !first {
			fmt.Fprint(w.Out, "\n\n")
		}
		first = false
		_, err := io.WriteString(w.Out, tell.Text(s, tell.Language(c.Lang)))
		return true, err
	})
}
