package api

import (
	"context"
	"net/http"
	"strconv"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/run"
)

// LanePath names a lane.
type LanePath struct {
	ID string `path:"id" pattern:"^[1-9][0-9]{0,18}$" patternDescription:"an id" doc:"The lane's id."`
}

type scalesInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most, the worst first."`
}

type serveInput struct {
	LanePath
	Body struct {
		Work run.Work `json:"work" doc:"What was done to the scale."`
		Note string   `json:"note,omitempty" maxLength:"200" doc:"For those who look later."`
	}
}

// ScaleView is a lane's scale as staff see it.
type ScaleView struct {
	Lane     larder.LaneID    `json:"lane_id"`
	Cabinet  larder.CabinetID `json:"cabinet_id"`
	Serial   string           `json:"serial"`
	Door     int              `json:"door"`
	Number   int              `json:"lane"`
	Status   health.Status    `json:"status" doc:"A quarantined lane charges nothing; one to be calibrated does."`
	Since    larder.Millis    `json:"since_ms" doc:"0 if the status was never another."`
	Findings []ScaleFinding   `json:"findings"`
}

// ScaleFinding is one thing that is wrong with a scale.
type ScaleFinding struct {
	Code   string        `json:"code"`
	Level  health.Status `json:"level"`
	Value  float64       `json:"value"`
	Limit  float64       `json:"limit" doc:"What value passed to get to this level."`
	Since  larder.Millis `json:"since_ms"`
	Text   string        `json:"text" doc:"For people, in Chinese."`
	TextEn string        `json:"text_en" doc:"The same in English."`
}

type scaleAnswer struct{ Body ScaleView }

type scalesAnswer struct {
	Body struct {
		Scales []ScaleView `json:"scales"`
	}
}

func registerScales(a *API) {
	tend := Staff(larder.RoleSupport, larder.RoleOperator)
	Register(a, tend, Op{
		ID: "list-scales", Method: http.MethodGet, Path: "/v1/scales", Tag: "care",
		Summary: "The organization's lanes whose scales are not healthy, the worst first, and what is wrong",
	}, a.listScales)
	Register(a, tend, Op{
		ID: "service-scale", Method: http.MethodPost, Path: "/v1/scales/{id}/service", Tag: "care",
		Summary: "Note work on a lane's scale: it is measured anew, and proves itself within half an hour for each step",
		Repeat:  RepeatNatural, Refuses: []larder.Code{larder.CodeNotFound, larder.CodeConflict},
	}, a.serveScale)
}

func (a *API) listScales(ctx context.Context, in *scalesInput) (*scalesAnswer, error) {
	scales, err := a.deps.Scales.List(ctx, actorOf(ctx), in.Limit)
	if err != nil {
		return nil, err
	}
	var out scalesAnswer
	out.Body.Scales = make([]ScaleView, 0, len(scales))
	for _, s := range scales {
		out.Body.Scales = append(out.Body.Scales, scaleView(s))
	}
	return &out, nil
}

func (a *API) serveScale(ctx context.Context, in *serveInput) (*scaleAnswer, error) {
	lane, err := idOf[larder.LaneID](in.ID)
	if err != nil {
		return nil, err
	}
	s, err := a.deps.Scales.Serve(ctx, actorOf(ctx), lane, in.Body.Work, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &scaleAnswer{Body: scaleView(s)}, nil
}

func scaleView(s run.Scale) ScaleView {
	out := ScaleView{
		Lane: s.ID, Cabinet: s.Cabinet, Serial: s.Serial, Door: s.Door, Number: s.Lane, Status: s.Status, Since: s.Since,
		Findings: make([]ScaleFinding, 0, len(s.Findings)),
	}
	for _, f := range s.Findings {
		say := findings[f.Code]
		out.Findings = append(out.Findings, ScaleFinding{
			Code: f.Code, Level: f.Level, Value: f.Value, Limit: f.Limit, Since: f.Since,
			Text: say.in(chinese, f), TextEn: say.in(english, f),
		})
	}
	return out
}

// finding is how an indicator is told of: {value} and {limit} stand for numbers in its unit.
type finding struct {
	text
	percent bool // the numbers are shares
}

func (w finding) in(l language, f health.Finding) string {
	if w.zh == "" {
		return f.Code // of a newer process
	}
	return w.text.in(l, map[string]any{"value": w.number(f.Value), "limit": w.number(f.Limit)})
}

// number has three digits.
func (w finding) number(x float64) string {
	unit := ""
	if w.percent {
		x, unit = float64(100*x), "%"
	}
	return strconv.FormatFloat(x, 'g', 3, 64) + unit
}

// findings has a sentence for every indicator.
var findings = map[string]finding{
	health.NoisyScale:   {text{"噪声是以往的 {value} 倍（界限 {limit}）", "Its noise is {value} times what it was (limit {limit})"}, false},
	health.SpikeRate:    {text{"读数突跳占 {value}（界限 {limit}）", "{value} of its readings are spikes (limit {limit})"}, true},
	health.ZeroRate:     {text{"读数误报为零占 {value}（界限 {limit}）", "{value} of its readings are zeros that cannot be (limit {limit})"}, true},
	health.MissingRate:  {text{"读数缺失占 {value}（界限 {limit}）", "{value} of its readings are missing (limit {limit})"}, true},
	health.BadRate:      {text{"异常读数共占 {value}（界限 {limit}）", "{value} of its readings are spikes, zeros or missing (limit {limit})"}, true},
	health.FrozenScale:  {text{"读数长时间不变，是正常上限的 {value} 倍（界限 {limit}）", "It repeats one value {value} times longer than chance allows (limit {limit})"}, false},
	health.DriftRate:    {text{"门关着时每小时漂移 {value} 克（界限 {limit}）", "It drifts by {value} g an hour behind a closed door (limit {limit})"}, false},
	health.CreepShare:   {text{"重量变化中有 {value} 迟到（界限 {limit}）", "{value} of a change of weight comes late (limit {limit})"}, true},
	health.ResidualMean: {text{"每件商品与单件重量平均相差 {value}（界限 {limit}）", "Pieces are {value} off their unit mass on average (limit {limit})"}, true},
	health.NewBatch:     {text{"补货后每件商品与单件重量平均相差 {value}（界限 {limit}）", "Since the restock pieces are {value} off their unit mass on average (limit {limit})"}, true},
}
