package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// File is a settings file: one JSON object whose keys are those of the command line.
type File struct {
	Path   string
	Values map[string]string // by key; numbers and truths as they were written
}

// ReadFile reads a settings file. Values are texts, numbers or truths. The error names the file, and
// the key where one is to blame; a key that appears twice is an error.
func ReadFile(path string) (File, error) {
	text, err := readSmall(path)
	if err != nil {
		return File{}, err
	}
	values, err := parseFile([]byte(text))
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return File{Path: path, Values: values}, nil
}

func parseFile(text []byte) (map[string]string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("is not one JSON object, {\"key\": value, …}")
	}
	values := map[string]string{}
	for d.More() {
		key, err := readKey(d)
		if err != nil {
			return nil, err
		}
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("key %q appears twice", key)
		}
		if values[key], err = readValue(d); err != nil {
			return nil, fmt.Errorf("key %q: %w", key, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, broken(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the object")
	}
	return values, nil
}

func readKey(d *json.Decoder) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", broken(err)
	}
	key, _ := t.(string) // inside an object nothing else stands here
	return key, nil
}

func readValue(d *json.Decoder) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", broken(err)
	}
	switch v := t.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("a value is a text, a number, true or false")
}

// broken says that a text is no JSON, and where, without quoting it.
func broken(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("is not JSON at byte %d", e.Offset)
	}
	return errors.New("is not complete JSON")
}
