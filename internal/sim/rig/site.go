package rig

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Site is an installation's folder: settings, database, the platform's log. It lives on free loopback
// ports which stay the same from start to start, as an installation's do.
type Site struct {
	Folder    string
	Settings  string // file for `larder … --config`
	DB        string // setting `db`; a file of the folder unless given
	Log       string // file; each start of the platform appends to it
	MasterKey string // seals secrets in the database; 32 bytes in hexadecimal

	HTTP string // host:port of the API
	Link string // host:port for cabinets

	// Under is a command and its arguments that the platform is started under, for instance a tracer.
	Under []string
	// Profile is a file for the CPU profile of a platform that is started; "" for none.
	Profile string

	secrets []string // environment of the platform's process
}

// NewSite writes the settings of an installation that takes p for its payment provider into a folder
// that is there. More settings may be given by their keys.
func NewSite(ctx context.Context, folder string, p *Provider, more map[string]string) (*Site, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // crypto/rand does not fail, it ends the program
	s := &Site{
		Folder: folder, Settings: filepath.Join(folder, "larder.json"), DB: filepath.Join(folder, "larder.db"),
		Log: filepath.Join(folder, "platform.log"), MasterKey: hex.EncodeToString(key),
	}
	var err error
	if s.HTTP, s.Link, err = freePorts(ctx); err != nil {
		return nil, err
	}
	m := p.Merchant(0).ClientSettings()
	settings := map[string]string{
		"db": s.DB, "http-listen": s.HTTP, "link-listen": s.Link, "public-url": "http://" + s.HTTP,
		"http-trusted-proxies": "127.0.0.1/32", // phones say where they are
		"wechatpay-base-url":   p.URL, "wechatpay-login-url": p.URL,
		"wechatpay-merchant-id": m.MerchantID, "wechatpay-app-id": m.AppID, "wechatpay-service-id": m.ServiceID,
		"wechatpay-serial": m.Serial, "wechatpay-public-key-id": m.PublicKeyID,
	}
	for k, v := range more {
		settings[k] = v
	}
	s.DB = settings["db"]
	text, err := json.MarshalIndent(settings, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if err := os.WriteFile(s.Settings, append(text, '\n'), 0o600); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	s.secrets = []string{
		"LARDER_MASTER_KEY=" + s.MasterKey, "LARDER_WECHATPAY_PUBLIC_KEY=" + m.PublicKey,
		"LARDER_WECHATPAY_PRIVATE_KEY=" + m.PrivateKey, "LARDER_WECHATPAY_API_V3_KEY=" + m.APIv3Key,
		"LARDER_WECHATPAY_API_V2_KEY=" + m.APIv2Key, "LARDER_WECHATPAY_APP_SECRET=" + m.AppSecret,
	}
	return s, nil
}

// URL is where the API is.
func (s *Site) URL() string { return "http://" + s.HTTP }

// environment is the process's own without settings of Larder, and the site's secrets.
func (s *Site) environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "LARDER_") {
			env = append(env, pair)
		}
	}
	return append(env, s.secrets...)
}

// freePorts returns two loopback addresses that nobody listens on.
func freePorts(ctx context.Context) (one, other string, err error) {
	first, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer first.Close() // only now, so that the second is another one
	second, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer second.Close()
	return first.Addr().String(), second.Addr().String(), nil
}
