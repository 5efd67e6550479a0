package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"larder"
)

//go:generate go test -run ^TestPage$ . -update

// Config is how an installation is set up. The tags are the table of settings: name (the key on the
// command line; LARDER_ and the name in capitals is the variable), default, meaning, and reloads:""
// where a change counts while the platform runs.
type Config struct {
	DB        string `name:"db" default:"larder.db" placeholder:"FILE|URL" help:"Database: a file, made if missing, or postgres://USER@HOST/DATABASE. A password stands better in LARDER_DB or PGPASSFILE than on the command line."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"Where the outside world reaches this installation: scheme and host. Providers call back there."`
	DBThread  bool   `name:"db-one-thread" help:"Keep the database's writer on one thread of the system, so that a tracer can count its syncs. It halves the rate of writes; for tests."`
	Node      int    `name:"node" default:"0" help:"Number of this process in ids, 0 to 1023, different for every process of an installation."`

	DBConnections int `name:"db-connections" default:"12" help:"Connections to PostgreSQL; a third of them only read. A file needs none."`

	Log       Log       `embed:"" prefix:"log-" group:"Logs"`
	HTTP      HTTP      `embed:"" prefix:"http-" group:"HTTP"`
	Link      Link      `embed:"" prefix:"link-" group:"Cabinets"`
	Windows   Windows   `embed:"" group:"Purchases"`
	WeChatPay WeChatPay `embed:"" prefix:"wechatpay-" group:"WeChat Pay"`
	Master    Master    `embed:"" prefix:"master-" group:"Secrets"`
	Schedules Schedules `embed:"" group:"Schedules"`
}

// Log says what is logged and how; lines go to standard error.
type Log struct {
	Level  string `name:"level" default:"info" help:"Least level that is logged: debug, info, warn, error."`
	Format string `name:"format" default:"text" help:"Format of log lines: text, json."`
}

// HTTP is the listener of the API, of health and of metrics.
type HTTP struct {
	Listen         string `name:"listen" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address of the API; port 0 takes a free one."`
	MaxConnections int    `name:"max-connections" default:"2048" help:"Connections at a time; more wait to be accepted."`

	TrustedProxies []netip.Prefix `name:"trusted-proxies" placeholder:"CIDR,…" help:"Reverse proxies whose X-Forwarded-For is believed."`
}

// Link is the listener of cabinets.
type Link struct {
	Listen string `name:"listen" default:"127.0.0.1:7400" placeholder:"HOST:PORT" help:"Address for cabinets. Links are plain TCP, so it is a loopback address."`
}

// Windows are how long a purchase waits for what, and the most it may cost.
type Windows struct {
	Authorize time.Duration `name:"authorize-window" default:"30s" help:"For the customer on the provider's page; then the visit is canceled."`
	OpenTTL   time.Duration `name:"open-ttl" default:"10s" help:"For a cabinet to obey the command to open; at most 10s."`
	Door      time.Duration `name:"door-limit" default:"10m" help:"For an open door; then a person is asked."`
	Weigh     time.Duration `name:"weigh-deadline" default:"120s" help:"For a verdict after the door has closed; then a person is asked."`
	Case      time.Duration `name:"case-deadline" default:"24h" help:"For a person to decide a case."`
	Ceiling   larder.Fen    `name:"ceiling-fen" default:"20000" help:"The most that one visit may cost, in fen."`
}

// WeChatPay is a merchant of WeChat Pay with its pay score service and its mini-program. Keys are
// read from files, or from LARDER_WECHATPAY_… without _FILE.
type WeChatPay struct {
	MerchantID     string `name:"merchant-id" help:"Merchant number (mchid)."`
	AppID          string `name:"app-id" help:"The mini-program's appid."`
	ServiceID      string `name:"service-id" help:"Pay score service (service_id)."`
	Serial         string `name:"serial" help:"Serial number of the merchant's certificate."`
	PublicKeyID    string `name:"public-key-id" help:"Name of WeChat Pay's public key, PUB_KEY_ID_…"`
	PublicKeyFile  string `name:"public-key-file" placeholder:"FILE" help:"WeChat Pay's public key, PEM."`
	PrivateKeyFile string `name:"private-key-file" placeholder:"FILE" help:"The merchant's private key, PEM. Or LARDER_WECHATPAY_PRIVATE_KEY."`
	APIv3KeyFile   string `name:"api-v3-key-file" placeholder:"FILE" help:"APIv3 key, 32 bytes. Or LARDER_WECHATPAY_API_V3_KEY."`
	APIv2KeyFile   string `name:"api-v2-key-file" placeholder:"FILE" help:"APIv2 key, 32 bytes. Or LARDER_WECHATPAY_API_V2_KEY."`
	AppSecretFile  string `name:"app-secret-file" placeholder:"FILE" help:"The mini-program's secret. Or LARDER_WECHATPAY_APP_SECRET."`
	BaseURL        string `name:"base-url" placeholder:"URL" default:"https://api.mch.weixin.qq.com" help:"Host of the merchants' API."`
	LoginURL       string `name:"login-url" placeholder:"URL" default:"https://api.weixin.qq.com" help:"Host of the mini-programs' API."`
	NotifyURL      string `name:"notify-url" placeholder:"URL" help:"Where callbacks go. By default below the public URL."`

	PublicKey  string `kong:"-"` // the contents of PublicKeyFile
	PrivateKey Secret `kong:"-"`
	APIv3Key   Secret `kong:"-"`
	APIv2Key   Secret `kong:"-"`
	AppSecret  Secret `kong:"-"`
}

// Schedules are what is done at its times; `larder schedule` may give them others.
type Schedules struct {
	BackupDir  string `name:"backup-dir" placeholder:"FOLDER" help:"Where backups of a database file go; a folder named backup beside it by default. Better another disk."`
	BackupKeep int    `name:"backup-keep" default:"7" help:"So many of the newest backups are kept, and the last one of each of so many days."`
	BackupAt   string `name:"backup-at" default:"0 3 * * *" placeholder:"CRON" help:"When a backup is made: five fields as in cron, or @every and a duration of at least a minute."`
	WALLimit   int    `name:"wal-limit-mib" default:"256" help:"Size of the database file's WAL, in MiB, above which an alarm is given."`
	Zone       string `name:"schedule-zone" default:"Asia/Shanghai" placeholder:"ZONE" help:"Time zone that the times of schedules are read by."`
}

// BackupFolder is where backups go.
func (c Config) BackupFolder() string {
	if c.Schedules.BackupDir != "" {
		return c.Schedules.BackupDir
	}
	return filepath.Join(filepath.Dir(c.DB), "backup")
}

// Master is where the keys are that seal all other secrets in the database.
type Master struct {
	KeyFile string `name:"key-file" placeholder:"FILE" help:"Master keys, one a line, 32 bytes each in hexadecimal or base64; the first seals, all open. Or LARDER_MASTER_KEY."`

	Key Secret `kong:"-"` // the lines of KeyFile
}

// Default returns the settings as they are when nothing is set.
func Default() (Config, error) {
	var c Config
	if err := kong.ApplyDefaults(&c); err != nil {
		return Config{}, fmt.Errorf("config: defaults: %w", err)
	}
	return c, nil
}

// CallbackPath is where the callbacks of a provider arrive, below the public URL.
func CallbackPath(provider string) string { return "/v1/callbacks/" + provider }
