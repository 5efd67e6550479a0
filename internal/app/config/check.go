package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	"larder/internal/app/vault"
	"larder/internal/edge/schedule"
	"larder/internal/edge/store/postgres"
)

// Limits of settings, both ends allowed.
const (
	maxNode        = 1023             // ids have 10 bits for it
	maxOpenTTL     = 10 * time.Second // the protocol's limit (S7): an open command is dead after that
	minWeigh       = 99 * time.Second // the recognizer may wait for 98 s before it gives up
	maxWindow      = 24 * time.Hour
	maxCase        = 30 * 24 * time.Hour
	maxCeiling     = 100_000 // fen: a usual cap of a pay score service
	maxConnections = 100_000
	maxBackups     = 1000
	maxWALLimit    = 1 << 20 // MiB

	minDBConnections = 3 // one that reads, two that write
	maxDBConnections = 1000
)

// howToMakeAKey is what a person reads who has none.
const howToMakeAKey = "is missing: make one with `(umask 077; openssl rand -hex 32 > master.key)`, keep a copy where the database's " +
	"backups are not, and name the file with --master-key-file, or put the line into LARDER_MASTER_KEY"

// Check judges all settings that `larder serve` needs, secrets included. The error is [*Invalid].
func (c Config) Check() error {
	var wrong problems
	wrong.unless(c.DB != "", "db", "is empty")
	if postgres.IsURL(c.DB) {
		wrong.with("db", postgres.CheckURL(c.DB))
		wrong.unless(c.DBConnections >= minDBConnections && c.DBConnections <= maxDBConnections,
			"db-connections", "%d is outside %d..%d", c.DBConnections, minDBConnections, maxDBConnections)
	}
	wrong.unless(c.Node >= 0 && c.Node <= maxNode, "node", "%d is outside 0..%d", c.Node, maxNode)
	wrong = append(wrong, c.Log.check()...)
	wrong = append(wrong, c.checkListeners()...)
	wrong = append(wrong, c.Windows.check()...)
	wrong = append(wrong, c.Schedules.check()...)
	_, err := c.Ring()
	wrong.with("master-key", err)
	wrong = append(wrong, c.WeChatPay.check(c.PublicURL)...)
	return wrong.err()
}

// Ring returns the master keys; the error is a reason without a key in it.
func (c Config) Ring() (vault.Ring, error) {
	text := c.Master.Key.Reveal()
	if text == "" {
		return vault.Ring{}, errors.New(howToMakeAKey)
	}
	return vault.ParseRing(text)
}

func (l Log) check() (wrong problems) {
	wrong.with("log-level", checkLevel(l.Level))
	wrong.unless(slices.Contains([]string{"text", "json"}, l.Format), "log-format", "%q is neither text nor json", l.Format)
	return wrong
}

func (c Config) checkListeners() (wrong problems) {
	_, err := splitAddress(c.HTTP.Listen)
	wrong.with("http-listen", err)
	wrong.unless(c.HTTP.MaxConnections >= 1 && c.HTTP.MaxConnections <= maxConnections,
		"http-max-connections", "%d is outside 1..%d", c.HTTP.MaxConnections, maxConnections)
	wrong.with("link-listen", checkNear(c.Link.Listen, "plain TCP for cabinets is allowed on those only"))
	if c.PublicURL != "" {
		wrong.with("public-url", checkOrigin(c.PublicURL))
	}
	return wrong
}

func (w Windows) check() (wrong problems) {
	between := func(key string, d, least, most time.Duration) {
		wrong.unless(d >= least && d <= most, key, "%s is outside %s..%s", d, least, most)
	}
	between("authorize-window", w.Authorize, time.Second, maxWindow)
	between("open-ttl", w.OpenTTL, time.Second, maxOpenTTL)
	between("door-limit", w.Door, time.Second, maxWindow)
	between("weigh-deadline", w.Weigh, minWeigh, maxWindow)
	between("case-deadline", w.Case, time.Minute, maxCase)
	wrong.unless(w.Ceiling >= 1 && w.Ceiling <= maxCeiling, "ceiling-fen", "%d is outside 1..%d", int64(w.Ceiling), maxCeiling)
	return wrong
}

func (s Schedules) check() (wrong problems) {
	wrong.unless(s.BackupKeep >= 1 && s.BackupKeep <= maxBackups, "backup-keep", "%d is outside 1..%d", s.BackupKeep, maxBackups)
	wrong.unless(s.WALLimit >= 1 && s.WALLimit <= maxWALLimit, "wal-limit-mib", "%d is outside 1..%d", s.WALLimit, maxWALLimit)
	zone := schedule.When{Spec: "@daily", Zone: s.Zone}.Check()
	wrong.with("schedule-zone", zone)
	if zone == nil {
		wrong.with("backup-at", schedule.When{Spec: s.BackupAt, Zone: s.Zone}.Check())
	}
	return wrong
}

// check asks for what a merchant cannot do without. What the values must look like is the adapter's
// knowledge: it is asked next, and nothing has started then either.
func (w WeChatPay) check(publicURL string) (wrong problems) {
	for _, must := range []struct{ key, value string }{
		{"merchant-id", w.MerchantID}, {"app-id", w.AppID}, {"service-id", w.ServiceID},
		{"serial", w.Serial}, {"public-key-id", w.PublicKeyID},
	} {
		wrong.unless(must.value != "", "wechatpay-"+must.key, "is missing")
	}
	for _, must := range []struct{ key, value string }{
		{"public-key", w.PublicKey}, {"private-key", w.PrivateKey.Reveal()}, {"api-v3-key", w.APIv3Key.Reveal()},
		{"api-v2-key", w.APIv2Key.Reveal()}, {"app-secret", w.AppSecret.Reveal()},
	} {
		key := "wechatpay-" + must.key
		wrong.unless(must.value != "", key, "is missing: give --%s-file or %s", key, Variable(key))
	}
	wrong.unless(w.NotifyURL != "" || publicURL != "" || w.near(), "wechatpay-notify-url",
		"is missing, and so is public-url, below which it is by default")
	return wrong
}

// near reports whether the merchants' API is on this machine, as a sandbox is: then callbacks reach
// the address that the API listens on.
func (w WeChatPay) near() bool {
	u, err := url.Parse(w.BaseURL)
	return err == nil && loopback(u.Hostname())
}

// Notify returns where WeChat Pay's callbacks go; address is what the API listens on.
func (c Config) Notify(address net.Addr) string {
	switch {
	case c.WeChatPay.NotifyURL != "":
		return c.WeChatPay.NotifyURL
	case c.PublicURL != "":
		return c.PublicURL + CallbackPath("wechatpay")
	}
	return "http://" + address.String() + CallbackPath("wechatpay")
}

// CheckHere judges what a command that serves this machine only was given beside the settings: the
// address to listen on, and the least level that is logged, each told under the key of its flag. The
// error is [*Invalid].
func CheckHere(listenKey, address, levelKey, level string) error {
	var wrong problems
	wrong.with(listenKey, checkNear(address, "what is served here is for this machine only"))
	wrong.with(levelKey, checkLevel(level))
	return wrong.err()
}

func checkLevel(level string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, level) {
		return fmt.Errorf("%q is none of debug, info, warn, error", level)
	}
	return nil
}

// checkNear asks for "host:port" of a loopback address; why says why that is.
func checkNear(address, why string) error {
	host, err := splitAddress(address)
	if err == nil && !loopback(host) {
		err = fmt.Errorf("%s is no loopback address, and %s", address, why)
	}
	return err
}

// splitAddress returns the host of "host:port".
func splitAddress(address string) (host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%q is not host:port", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%q is no port in 0..65535", port)
	}
	return host, nil
}

// checkOrigin asks for a scheme and a host and nothing else; http is for this machine.
func checkOrigin(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("is not https://HOST")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return errors.New("is not https, and http is for loopback addresses only")
	case u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return errors.New("has more than a scheme and a host")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
