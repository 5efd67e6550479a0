package providertest

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder/internal/core/payment"
)

func testTampered(t *testing.T, h Harness) {
	v := h.newVisit()
	h.authorize(t, v)
	if err := h.Confirm(v.number()); err != nil {
		t.Fatal(err)
	}
	_, right := h.notice(t)

	refuse := func(what string, cb payment.Callback) {
		t.Helper()
		n, err := h.Provider.ParseNotice(t.Context(), cb)
		if _, bad := errors.AsType[*payment.ErrBadNotice](err); !bad || n.ID != "" || n.Status.Number != "" {
			t.Errorf("%s: %+v, %v; want payment.ErrBadNotice and nothing else", what, n, err)
		}
	}
	for i := 0; i < len(right.Body); i += 1 + len(right.Body)/40 {
		body := slices.Clone(right.Body)
		body[i] ^= 1
		refuse("a flipped bit", payment.Callback{Header: right.Header, Body: body, Arrived: right.Arrived})
	}
	refuse("a byte too many", payment.Callback{Header: right.Header, Body: append(slices.Clone(right.Body), ' '), Arrived: right.Arrived})
	refuse("no body", payment.Callback{Header: right.Header, Arrived: right.Arrived})
	refuse("no header", payment.Callback{Body: right.Body, Arrived: right.Arrived})
	refuse("an old arrival", payment.Callback{Header: right.Header, Body: right.Body, Arrived: right.Arrived.Add(time.Hour)})
	refuse("an early arrival", payment.Callback{Header: right.Header, Body: right.Body, Arrived: right.Arrived.Add(-time.Hour)})
	for name := range right.Header {
		without := maps.Clone(right.Header)
		delete(without, name)
		// Not every header matters; what is read without one must be what was read with it.
		if n, err := h.Provider.ParseNotice(t.Context(), payment.Callback{Header: without, Body: right.Body, Arrived: right.Arrived}); err == nil && n.Status.Number != v.number() {
			t.Errorf("without %s: %+v", name, n)
		}
	}
}

func testDuplicates(t *testing.T, h Harness) {
	v := h.newVisit()
	h.Duplicate(t, v.number())
	h.authorize(t, v)
	if err := h.Confirm(v.number()); err != nil {
		t.Fatal(err)
	}
	first, _ := h.notice(t)
	second, _ := h.notice(t)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two deliveries of one notice differ:\n%s", diff)
	}
}
