package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

//go:generate go test -run ^TestDocument/is_the_committed_one$ . -update

type documentAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// registerDocument serves the document of everything that was registered before it.
func registerDocument(a *API) error {
	var text []byte
	Register(a, Anonymous(), Op{
		ID: "get-document", Method: http.MethodGet, Path: "/openapi.json", Tag: "document",
		Summary: "This document",
	}, func(context.Context, *struct{}) (*documentAnswer, error) {
		return &documentAnswer{ContentType: "application/openapi+json", Body: text}, nil
	})
	var err error
	text, err = a.Document()
	return err
}

// Document returns the OpenAPI 3.1 document of all operations, indented, the same bytes for the same
// operations.
func (a *API) Document() ([]byte, error) {
	flat, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, flat, "", "  "); err != nil {
		return nil, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
