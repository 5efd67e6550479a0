package sandbox_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/edge/provider/sandbox"
)

// TestServer_Purchase is the provider's side of a purchase, on the virtual clock: every state, the
// shapes that differ between calls, and the two callbacks.
func TestServer_Purchase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{CollectAfter: time.Minute})
		o, _ := r.post(t, "", r.createBody("V1"))
		if o["state"] != "CREATED" || o["package"] == nil || o["order_id"] == nil {
			t.Fatalf("created: %v", o)
		}
		if _, err := r.Confirm("V1", ""); err != nil {
			t.Fatal(err)
		}
		if o, _ = r.get(t, "V1"); o["state"] != "DOING" || o["state_description"] != "USER_CONFIRM" || o["package"] != nil {
			t.Fatalf("confirmed: %v", o)
		}
		o, code := r.post(t, "/V1/complete", r.completeBody(1250))
		if code != "" || o["state_description"] != "MCH_COMPLETE" || o["collection"] != nil || o["need_collection"] != true {
			t.Fatalf("completed: %s %v", code, o)
		}
		o, _ = r.get(t, "V1")
		if c, _ := o["collection"].(map[string]any); c["state"] != "USER_PAYING" || c["paying_amount"] != 1250.0 {
			t.Fatalf("paying: %v", o)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		o, _ = r.get(t, "V1")
		if c, _ := o["collection"].(map[string]any); o["state"] != "DONE" || c["state"] != "USER_PAID" || c["paid_amount"] != 1250.0 {
			t.Fatalf("paid: %v", o)
		}
		if at, _ := r.deliveries(); len(at) != 2 {
			t.Errorf("%d callbacks, want one for the consent and one for the money", len(at))
		}
	})
}

// TestServer_Refuses walks the wrong requests; none changes the order.
func TestServer_Refuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{})
		for name, spoil := range map[string]func(object){
			"an unknown field": func(o object) { o["color"] = "red" },
			"another app":      func(o object) { o["appid"] = "wx0" },
			"another service":  func(o object) { o["service_id"] = "1" },
			"a long introduction": func(o object) {
				o["service_introduction"] = "一二三四五六七八九十一二三四五六七八九十一"
			},
			"goods at create":        func(o object) { o["post_payments"] = []object{{"name": "商品信息", "amount": 1}} },
			"no confirmation":        func(o object) { o["need_user_confirm"] = false },
			"a query in notify_url":  func(o object) { o["notify_url"] = "https://larder.example/n?a=1" },
			"http to somebody else":  func(o object) { o["notify_url"] = "http://larder.example/n" },
			"a risk above the cap":   func(o object) { o["risk_fund"] = object{"name": "ESTIMATE_ORDER_COST", "amount": 100_001} },
			"another risk":           func(o object) { o["risk_fund"] = object{"name": "RISK", "amount": 1} },
			"a start that is a word": func(o object) { o["time_range"] = object{"start_time": "now"} },
			"an openid of no form":   func(o object) { o["openid"] = "somebody" },
		} {
			body := r.createBody("V0")
			spoil(body)
			if _, code := r.post(t, "", body); code != "PARAM_ERROR" && code != "NO_AUTH" {
				t.Errorf("create with %s: %q", name, code)
			}
		}
		if _, code := r.get(t, "V0"); code != "ORDER_NOT_EXIST" {
			t.Errorf("after refused creations: %q", code)
		}

		r.confirmed(t, "V1")
		for name, spoil := range map[string]func(object){
			"another sum": func(o object) { o["total_amount"] = 1249 },
			"no goods":    func(o object) { o["post_payments"] = []object{} },
			"another item name": func(o object) {
				o["post_payments"] = []object{{"name": "水", "description": "水", "amount": 1250, "count": 1}}
			},
			"no count": func(o object) {
				o["post_payments"] = []object{{"name": "商品信息", "description": "水", "amount": 1250}}
			},
			"an end to come": func(o object) { o["time_range"] = object{"end_time": wireTime(time.Now().Add(time.Hour))} },
			"an end before":  func(o object) { o["time_range"] = object{"end_time": wireTime(time.Now().Add(-time.Hour))} },
			"more than the risk": func(o object) {
				o["total_amount"], o["post_payments"] = 5001, []object{{"name": "商品信息", "description": "酒", "amount": 5001, "count": 1}}
			},
		} {
			body := r.completeBody(1250)
			spoil(body)
			if _, code := r.post(t, "/V1/complete", body); code != "PARAM_ERROR" {
				t.Errorf("complete with %s: %q", name, code)
			}
		}
		if o, _ := r.get(t, "V1"); o["state_description"] != "USER_CONFIRM" {
			t.Errorf("after refused completions: %v", o)
		}
	})
}

// TestServer_Repetitions guards 订单重入参数校验: equal repetitions succeed, others are refused.
func TestServer_Repetitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{CollectAfter: time.Hour})
		first, second := r.createBody("V1"), r.createBody("V1")
		second["risk_fund"] = object{"name": "ESTIMATE_ORDER_COST", "amount": 4999}
		steps := []struct {
			path string
			body object
			want string
		}{
			{"", first, ""}, {"", first, ""}, {"", second, "PARAM_ERROR"},
			{"/V1/complete", r.completeBody(1), "INVALID_ORDER_STATE"},
			{"/V1/cancel", r.cancelBody("a"), ""}, {"/V1/cancel", r.cancelBody("a"), ""}, {"/V1/cancel", r.cancelBody("b"), "PARAM_ERROR"},
			{"/V1/complete", r.completeBody(1), "ORDER_CANCELED"},
			{"", first, ""}, // the revoked order, still under its number
			{"/V9/cancel", r.cancelBody("a"), "ORDER_NOT_EXIST"},
		}
		for i, s := range steps {
			if _, code := r.post(t, s.path, s.body); code != s.want {
				t.Errorf("step %d: %q, want %q", i, code, s.want)
			}
		}
		r.confirmed(t, "V2")
		steps = steps[:0]
		steps = append(steps, []struct {
			path string
			body object
			want string
		}{
			{"/V2/complete", r.completeBody(1250), ""}, {"/V2/complete", r.completeBody(1250), ""},
			{"/V2/complete", r.completeBody(1249), "PARAM_ERROR"}, {"/V2/cancel", r.cancelBody("a"), "INVALID_REQUEST"},
		}...)
		for i, s := range steps {
			if _, code := r.post(t, s.path, s.body); code != s.want {
				t.Errorf("after the consent, step %d: %q, want %q", i, code, s.want)
			}
		}
		if _, err := r.Pay("V2"); err != nil {
			t.Fatal(err)
		}
		if _, code := r.post(t, "/V2/complete", r.completeBody(1250)); code != "ORDER_DONE" {
			t.Errorf("complete when paid: %q", code)
		}
		if _, err := r.Confirm("V2", ""); err == nil {
			t.Error("a paid order can be confirmed")
		}
	})
}

// TestServer_Limits guards P12's source: three in progress at most, and nobody with two unpaid.
func TestServer_Limits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{})
		r.SetBroke(openID, true)
		for _, number := range []string{"A", "B"} {
			r.confirmed(t, number)
			if _, code := r.post(t, "/"+number+"/complete", r.completeBody(100)); code != "" {
				t.Fatal(code)
			}
		}
		if _, code := r.post(t, "", r.createBody("C")); code != "INVALID_REQUEST" {
			t.Errorf("with two unpaid: %q", code)
		}
		r.SetBroke(openID, false)
		synctest.Wait()
		for _, number := range []string{"C", "D", "E"} {
			if _, code := r.post(t, "", r.createBody(number)); code != "" {
				t.Errorf("%s: %q", number, code)
			}
		}
		if _, code := r.post(t, "", r.createBody("F")); code != "INVALID_REQUEST" {
			t.Errorf("with three in progress: %q", code)
		}
		if _, err := r.Expire("C"); err != nil {
			t.Fatal(err)
		}
		if _, code := r.post(t, "", r.createBody("F")); code != "" {
			t.Errorf("after one has ended: %q", code)
		}
	})
}

// TestServer_Forgets guards R1: memory is bounded, the oldest finished orders and records go.
func TestServer_Forgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{Keep: 3})
		numbers := []string{"A", "B", "C", "D", "E"}
		for _, number := range numbers {
			if _, code := r.post(t, "", r.createBody(number)); code != "" {
				t.Fatal(code)
			}
			if _, code := r.post(t, "/"+number+"/cancel", r.cancelBody("a")); code != "" {
				t.Fatal(code)
			}
		}
		for i, number := range numbers {
			if _, err := r.Order(number); (err == nil) != (i >= 2) {
				t.Errorf("%s: %v", number, err)
			}
		}
		if kept := r.Requests("", ""); len(kept) != 3 || kept[2].Number != "E" || kept[2].Status != http.StatusOK {
			t.Errorf("kept %d requests, want the last 3", len(kept))
		}
	})
}

// TestServer_Sync guards "paid elsewhere": the merchant's word ends an unpaid order, without a
// transaction of the provider and without a callback.
func TestServer_Sync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{CollectAfter: time.Hour})
		sync := object{
			"appid": r.m.AppID, "service_id": r.m.ServiceID, "type": "Order_Paid",
			"detail": object{"paid_time": wireTime(time.Now())},
		}
		r.confirmed(t, "V1")
		if _, code := r.post(t, "/V1/sync", sync); code != "INVALID_ORDER_STATE" {
			t.Errorf("before complete: %q", code)
		}
		if _, code := r.post(t, "/V1/complete", r.completeBody(1250)); code != "" {
			t.Fatal(code)
		}
		if o, code := r.post(t, "/V1/sync", sync); code != "" || o["state"] != "DONE" {
			t.Errorf("sync: %q %v", code, o)
		}
		time.Sleep(2 * time.Hour)
		if o, err := r.Order("V1"); err != nil || !o.Paid || o.Transaction != "" {
			t.Errorf("%+v, %v; want paid without a transaction", o, err)
		}
		if at, _ := r.deliveries(); len(at) != 1 {
			t.Errorf("%d callbacks, want the consent's only", len(at))
		}
	})
}

// TestServer_CancelWhilePaying guards the switch between two readings of the provider's pages.
func TestServer_CancelWhilePaying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{CollectAfter: time.Hour, CancelWhilePaying: true})
		r.confirmed(t, "V1")
		if _, code := r.post(t, "/V1/complete", r.completeBody(1250)); code != "" {
			t.Fatal(code)
		}
		if _, code := r.post(t, "/V1/cancel", r.cancelBody("a")); code != "" {
			t.Errorf("cancel: %q", code)
		}
		time.Sleep(2 * time.Hour)
		if o, err := r.Order("V1"); err != nil || o.State != "REVOKED" || o.Paid {
			t.Errorf("%+v, %v; want it revoked and never collected", o, err)
		}
	})
}
