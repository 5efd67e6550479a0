package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BY1: sessions are told in words in two languages, by the flag and by the command.
func TestRun_weigh_explain(t *testing.T) {
	t.Parallel()
	lines := sold(1) + "\n\n" + sold(2) + "\n"
	larder(t, nil, lines, "weigh", "--explain").want(t, 0, "Charged 3.50 yuan: 1 piece from lane A1", "")
	larder(t, nil, lines, "weigh", "explain", "--lang", "zh").want(t, 0, "收费 3.50 元：货道 A1 拿走 1 件", "")
	r := larder(t, nil, lines, "weigh", "explain", "--id", "2")
	r.want(t, 0, "Session 2\n", "")
	if strings.Contains(r.out, "Session 1\n") || strings.Contains(r.out, "charge") {
		t.Errorf("more than session 2 is told, or in codes:\n%s", r.out)
	}
	larder(t, nil, lines, "weigh", "explain", "--id", "9").want(t, 1, "", "there is no session 9")
	larder(t, nil, "", "weigh", "explain").want(t, 1, "", "there is no session")
	larder(t, nil, "nonsense", "weigh", "explain").want(t, 1, "", "line 1: no JSON")
	larder(t, nil, lines, "weigh", "explain", "--lang", "la", "--policy", "hope").want(t, 2, "", `lang: "la" is no language`)
	larder(t, nil, lines, "weigh", "--explain", "--lang", "la").want(t, 2, "", "lang: ")
	larder(t, nil, "", "weigh", "explain", "/no/such").want(t, 1, "", "/no/such")
}

// Item 8: a picture of one session, to a file or to standard output.
func TestRun_weigh_plot(t *testing.T) {
	t.Parallel()
	lines := sold(1) + "\n" + sold(2) + "\n"
	larder(t, nil, lines, "weigh", "plot").want(t, 0, "Session 会话 1", "")
	path := filepath.Join(t.TempDir(), "2.svg")
	larder(t, nil, lines, "weigh", "plot", "--id", "2", "--note", "one, two", "-o", path).want(t, 0, "", "")
	picture, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(picture), "Session 会话 2") || !strings.Contains(string(picture), "one, two") {
		t.Errorf("%v: %.200s", err, picture)
	}
	larder(t, nil, lines, "weigh", "plot", "-o", filepath.Join(path, "x")).want(t, 1, "", "picture: ")
	larder(t, nil, lines, "weigh", "plot", "--policy", "hope").want(t, 2, "", "policy: ")
}
