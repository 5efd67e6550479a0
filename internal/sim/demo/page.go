package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
)

// The page has no build step: what is embedded is what was written.
//
//go:embed page
var pageFiles embed.FS

// contentPolicy lets the page load its own files and talk to its own host; nothing else, and nothing
// written into the markup, runs.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// contentTypes are spelled out because a machine's own table of types may differ.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// servePage answers with one embedded file, or 404.
func servePage(name string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			http.NotFound(rw, r)
			return
		}
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		h := rw.Header()
		h.Set("Content-Type", contentType(name))
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = rw.Write(body) // nobody is told that the browser went away
	}
}

func contentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return mime.TypeByExtension(path.Ext(name))
}
