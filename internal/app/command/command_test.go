package command_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"larder/internal/app/command"
)

const plates = "../../core/weigh/testdata/plates/"

// result is what a command did.
type result struct {
	exit     int
	out, err string
}

// larder runs a command line with these variables and this on standard input.
func larder(t *testing.T, env map[string]string, in string, args ...string) result {
	t.Helper()
	var out, complaints bytes.Buffer
	exit := command.Run(t.Context(), args, command.World{
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		In:  strings.NewReader(in), Out: &out, Err: &complaints,
	})
	return result{exit, out.String(), complaints.String()}
}

// want checks the exit status and what the outputs must hold.
func (r result) want(t *testing.T, exit int, out, err string) {
	t.Helper()
	if r.exit != exit || !strings.Contains(r.out, out) || !strings.Contains(r.err, err) {
		t.Errorf("exit %d instead of %d\nout: %s\nerr: %s", r.exit, exit, r.out, r.err)
	}
}

func TestRun_help(t *testing.T) {
	t.Parallel()
	larder(t, nil, "").want(t, 0, "serve", "")
	larder(t, nil, "", "serve", "--help").want(t, 0, "$LARDER_OPEN_TTL", "")
	larder(t, nil, "", "weigh", "--help").want(t, 0, "sessions.jsonl", "")
	larder(t, nil, "", "version").want(t, 0, "larder ", "")
}

// What nobody understands is status 2 and starts nothing.
func TestRun_usage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"cook"}, {"serve", "--no-such-flag"}, {"staff", "add"}, {"version", "more"}, {"serve", "--node=many"}} {
		larder(t, nil, "", args...).want(t, 2, "", "larder: ")
	}
	larder(t, nil, "", "serve", "worker").want(t, 2, "", "role: worker without gateway needs the fleet")
	larder(t, nil, "", "serve", "--config", filepath.Join(t.TempDir(), "none.json")).want(t, 2, "", "config: cannot read")
}

// PL8: a wrong value is told under the key that the person gave, with its reason, before
// anything starts, and all of them at once.
func TestRun_wrong_flags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, told string }{
		{"demo --listen nonsense --level loud", "  listen: \"nonsense\" is not host:port\n  level: \"loud\" is none of"},
		{"demo --once --listen 0.0.0.0:8080", "  listen: 0.0.0.0:8080 is no loopback address"},
		{"demo --listen 127.0.0.1:99999", "  listen: \"99999\" is no port"},
		{"bench purchase --rate 0 --seconds 0 --doors 0 --open 0s --dir /no/such", "  rate: 0 a second is outside 0..1000\n  seconds: 0s is outside 1s..1h\n  doors: 0 is outside 1..2000\n  open: 0s is outside 1s..1m\n  dir: \"/no/such\" is no folder\n"},
		{"serve --http-listen nonsense", "  http-listen: \"nonsense\" is not host:port"},
		{"org add --code x --name x --node 1024", "  node: "},
		{"cabinet add --org x --serial x --name x --place x --doors 0 --shelves 4,0", "  doors: is at least 1\n  shelves: is at least one lane each"},
	} {
		r := larder(t, nil, "", strings.Fields(c.args)...)
		r.want(t, 2, "", "wrong settings, nothing was started\n")
		r.want(t, 2, "", c.told)
	}
}

// The proof, item 9: `larder config` prints every setting, for people and for programs.
func TestRun_config(t *testing.T) {
	t.Parallel()
	r := larder(t, nil, "", "config")
	r.want(t, 0, "KEY ", "")
	for _, column := range []string{"http-listen", "--http-listen", "LARDER_HTTP_LISTEN", "127.0.0.1:8080", "restart", "Address of the API"} {
		if !strings.Contains(r.out, column) {
			t.Errorf("%q is not told:\n%s", column, r.out)
		}
	}
	var told struct {
		Settings []struct {
			Key, Flag, Variable, Meaning string
			Reloads                      *bool
		}
	}
	if err := json.Unmarshal([]byte(larder(t, nil, "", "config", "--json").out), &told); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(r.out, "\n") - 1; len(told.Settings) != lines || lines < 25 {
		t.Errorf("%d settings as JSON, %d as a table", len(told.Settings), lines)
	}
	for _, s := range told.Settings {
		if s.Key == "" || s.Variable == "" || s.Meaning == "" || s.Reloads == nil {
			t.Errorf("%+v is not whole", s)
		}
	}
}

// A settings file serves every command; a key that no command knows is an error that names key and file.
func TestRun_settings_file(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "larder.json")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"db": "` + filepath.Join(dir, "file.db") + `", "node": 3}`)
	larder(t, nil, "", "migrate", "--config", path).want(t, 0, "file.db has schema version", "")
	larder(t, map[string]string{"LARDER_CONFIG": path}, "", "migrate", "status").want(t, 0, "file.db: schema version", "")
	env := map[string]string{"LARDER_CONFIG": path, "LARDER_DB": filepath.Join(dir, "env.db")}
	larder(t, env, "", "migrate").want(t, 0, "env.db has", "")
	larder(t, env, "", "migrate", "--db", filepath.Join(dir, "flag.db")).want(t, 0, "flag.db has", "")
	write(`{"dbb": "x"}`)
	larder(t, nil, "", "migrate", "--config", path).want(t, 2, "", "dbb: "+path+": no such setting")
}

// docs/weighing.md section 7: verdicts in order, a malformed line does not stop the others, status 1.
func TestRun_weigh(t *testing.T) {
	t.Parallel()
	good := `{"id":"a","lanes":[{"lane":1,"shelf":1,"unit_mass_g":330,"unit_mass_sd_g":2,"price_fen":300,"stock":5,"noise_g":1}],"readings":[],` +
		`"door":{"opened_ms":null,"opened_arrived_ms":null,"closed_ms":null,"closed_arrived_ms":null}}`
	r := larder(t, nil, good+"\n", "weigh")
	r.want(t, 0, `"id":"a"`, "")
	r = larder(t, nil, "nonsense\n"+good+"\n", "weigh")
	r.want(t, 1, `"error":`, "1 malformed")
	if lines := strings.Split(strings.TrimSpace(r.out), "\n"); len(lines) != 2 || !strings.Contains(lines[1], `"id":"a"`) {
		t.Errorf("%q", lines)
	}
}

// docs/weighing.md section 6: one take of 623 g within 3 g on the real trace, through the command.
func TestRun_weigh_plates(t *testing.T) {
	t.Parallel()
	r := larder(t, nil, "", "weigh", "--plates", plates+"plates-300ms.csv.gz", "--catalogue", plates+"plates-catalogue.csv")
	var take struct {
		Plate string  `json:"plate"`
		Grams float64 `json:"grams"`
		Count int     `json:"count"`
	}
	if err := json.Unmarshal([]byte(r.out), &take); err != nil || r.exit != 0 {
		t.Fatalf("exit %d, %v: %s%s", r.exit, err, r.out, r.err)
	}
	if take.Plate != "g1s5p11" || take.Grams < 620 || take.Grams > 626 || take.Count != 1 {
		t.Errorf("%+v", take)
	}
	larder(t, nil, "", "weigh", "--plates", "x").want(t, 1, "", "need each other")
	larder(t, nil, "", "weigh", "--plates", "/no/such", "--catalogue", "/no/such").want(t, 1, "", "/no/such")
}

// BY3: what a cabinet's lanes can tell apart, for people and for machines; status 1 if a product does
// not fit its lane, and what is wrong with a description is named.
func TestRun_weigh_separable(t *testing.T) {
	t.Parallel()
	const tea = `{"lane":"A1","shelf":1,"unit_mass_g":330,"unit_mass_sd_g":2,"price_fen":300,"stock":5,"noise_g":1}`
	larder(t, nil, `{"lanes":[`+tea+`]}`, "weigh", "separable").want(t, 0, "fits", "")
	larder(t, nil, `[`+tea+`,{"lane":2,"unit_mass_g":9}]`, "weigh", "separable").want(t, 1, "too light", "")
	file := filepath.Join(t.TempDir(), "cabinet.json")
	if err := os.WriteFile(file, []byte(`[`+tea+`]`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := larder(t, nil, "", "weigh", "separable", file, "--json")
	r.want(t, 0, `"fit":"fits"`, "")
	if !json.Valid([]byte(r.out)) {
		t.Errorf("%s", r.out)
	}
	larder(t, nil, `[{"lane":"A1","unit_mass_g":3,"noise_g":-3}]`, "weigh", "separable").want(t, 1, "", "lane A1): noise_g is -3 g")
	larder(t, nil, "", "weigh", "separable", "/no/such").want(t, 1, "", "/no/such")
}

// An installation is set up by commands alone; passwords come from standard input, keys are shown once.
func TestRun_setup(t *testing.T) {
	t.Parallel()
	env := map[string]string{"LARDER_DB": filepath.Join(t.TempDir(), "larder.db")}
	larder(t, env, "", "migrate", "status").want(t, 1, "", "no such file")
	larder(t, env, "", "org", "add", "--code", "acme", "--name", "Acme").want(t, 0, "", "")
	larder(t, env, "", "org", "add", "--code", "acme", "--name", "Acme").want(t, 1, "", "larder: code is taken\n")
	larder(t, env, "", "org", "add", "--code", "bell", "--name", "B\aell").want(t, 1, "", "larder: name has a character that is none")
	staff := []string{"staff", "add", "--org", "acme", "--login", "ann", "--role", "admin"}
	larder(t, env, "short\n", staff...).want(t, 1, "", "larder: password is too short or too long\n")
	larder(t, env, "a long password\n", append(staff, "--name", "A\x1b[2J")...).want(t, 1, "", "larder: name has a character that is none")
	larder(t, env, "a long password\n", staff...).want(t, 0, "", "")
	larder(t, env, "a long password\n", staff...).want(t, 1, "", "larder: login is taken\n")
	larder(t, env, "a long password", append(staff, "--org", "other")...).want(t, 1, "", `organization "other": not_found`)
	cabinet := []string{"cabinet", "add", "--org", "acme", "--serial", "LD-1", "--name", "One", "--place", "Here"}
	larder(t, env, "", cabinet...).want(t, 1, "", "master key is not given")
	env["LARDER_MASTER_KEY"] = "nonsense"
	larder(t, env, "", cabinet...).want(t, 2, "", "master-key: line 1")
	env["LARDER_MASTER_KEY"] = strings.Repeat("ab", 32)
	larder(t, env, "", append(cabinet, "--place", "He\nre")...).want(t, 1, "", "larder: place has a character that is none")
	larder(t, env, "", cabinet...).want(t, 0, "\ndoor 1  ", "")
	larder(t, env, "", cabinet...).want(t, 1, "", "larder: serial is taken\n")
	larder(t, env, "", "migrate", "status", "--json").want(t, 0, `"current":true`, "")
	larder(t, env, "", "audit").want(t, 0, "ok    I1  session_has_order", "")
	larder(t, env, "", "audit", "--json").want(t, 0, `"clean":true`, "")
}

// The end of the context ends a command.
func TestRun_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	exit := command.Run(ctx, []string{"migrate", "--db", filepath.Join(t.TempDir(), "x.db")}, command.World{
		Env: func(string) (string, bool) { return "", false }, In: strings.NewReader(""), Out: &out, Err: &out,
	})
	if exit != 1 || !strings.Contains(out.String(), "context canceled") {
		t.Errorf("%d: %s", exit, out.String())
	}
}

// full is standard output on a disk that is full, or behind a reader who has left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A result that nobody got is a failure, also of commands that print line by line: a cabinet's key is
// shown once.
func TestRun_result_is_not_written(t *testing.T) {
	t.Parallel()
	env := map[string]string{"LARDER_DB": filepath.Join(t.TempDir(), "larder.db"), "LARDER_MASTER_KEY": strings.Repeat("ab", 32)}
	larder(t, env, "", "org", "add", "--code", "acme", "--name", "Acme").want(t, 0, "", "")
	for _, args := range []string{"cabinet add --org acme --serial LD-1 --name One --place Here", "audit", "sim --sessions 2 --faults none", "version"} {
		var complaints bytes.Buffer
		exit := command.Run(t.Context(), strings.Fields(args), command.World{
			Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
			In:  strings.NewReader(""), Out: full{}, Err: &complaints,
		})
		if exit != 1 || !strings.Contains(complaints.String(), syscall.ENOSPC.Error()) {
			t.Errorf("%s: exit %d, %q", args, exit, complaints.String())
		}
	}
}

// A file of somebody else is told from one of ours, and gets no tables.
func TestRun_foreign_database(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE note (text TEXT)"); err != nil {
		t.Fatal(err)
	}
	larder(t, nil, "", "audit", "--db", path).want(t, 1, "", "this is no database of Larder's")
	larder(t, nil, "", "migrate", "status", "--db", path).want(t, 1, "", "this is no database of Larder's")
	larder(t, nil, "", "migrate", "--db", path).want(t, 1, "", "it has 1 tables of somebody else")
	var tables int
	if err := errors.Join(db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_master").Scan(&tables), db.Close()); err != nil || tables != 1 {
		t.Errorf("%d tables, %v", tables, err)
	}
}

// Who reads a database where the files beside it cannot be made is told so, by every command that only
// reads. A link into nowhere keeps the superuser from making one, too.
func TestRun_reads_in_a_folder_that_is_not_writable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "larder.db")
	larder(t, nil, "", "migrate", "--db", path).want(t, 0, "", "")
	if err := os.Symlink(filepath.Join(t.TempDir(), "none", "at", "all"), path+"-shm"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"audit"}, {"audit", "--integrity"}, {"migrate", "status"}} {
		larder(t, nil, "", append(args, "--db", path)...).want(t, 1, "", "its folder writable also for who only reads")
	}
}
