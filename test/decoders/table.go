package decoders

// Row says how a decoder is fuzzed, or why it need not be.
type Row struct {
	Fuzz string // the target that reaches it, folder.FuzzName
	Why  string // in place of a target: what it reads is no stranger's
}

const (
	operator = "the operator's own setting, read once at the start and judged by a table of examples"
	ours     = "reads what this program wrote"
)

// Table has a row for every function that [Find] finds.
var Table = map[string]Row{
	"..Gram.UnmarshalJSON": {Fuzz: "..FuzzQuantities"},
	"..ID.UnmarshalText":   {Fuzz: "..FuzzParseID"},
	"..ParseID":            {Fuzz: "..FuzzParseID"},

	"internal/app/bench.metrics.buckets": {Fuzz: "internal/app/bench.FuzzParse"},
	"internal/app/bench.parseSample":     {Fuzz: "internal/app/bench.FuzzParse"},

	"internal/app/command.replay":     {Why: ours + ": the verdict in a session's trace"},
	"internal/app/command.traces.one": {Fuzz: "..FuzzParseID"},

	"internal/app/config.WeChatPay.near": {Fuzz: "internal/app/config.FuzzReadFile"},
	"internal/app/config.checkOrigin":    {Fuzz: "internal/app/config.FuzzReadFile"},
	"internal/app/config.loopback":       {Fuzz: "internal/app/config.FuzzReadFile"},
	"internal/app/config.parseFile":      {Fuzz: "internal/app/config.FuzzReadFile"},
	"internal/app/config.splitAddress":   {Fuzz: "internal/app/config.FuzzReadFile"},
	"internal/app/installation.Parse":    {Fuzz: "internal/app/installation.FuzzParse"},
	"internal/app/installation.locate":   {Fuzz: "internal/app/installation.FuzzParse"},
	"internal/app/vault.decodeKey":       {Fuzz: "internal/app/vault.FuzzParseRing"},

	"internal/core/visit.Service.EvidenceTx": {Why: ours + ": the verdict in a session's trace"},

	"internal/core/weigh.idOf":                         {Fuzz: "internal/core/weigh.FuzzBatch"},
	"internal/core/weigh.masses.UnmarshalJSON":         {Fuzz: "internal/core/weigh.FuzzBatch"},
	"internal/core/weigh.name.UnmarshalJSON":           {Fuzz: "internal/core/weigh.FuzzBatch"},
	"internal/core/weigh.readCatalogue":                {Fuzz: "internal/core/weigh.FuzzPlates"},
	"internal/core/weigh.readRow":                      {Fuzz: "internal/core/weigh.FuzzPlates"},
	"internal/core/weigh.readSession":                  {Fuzz: "internal/core/weigh.FuzzBatch"},
	"internal/core/weigh.readTrace":                    {Fuzz: "internal/core/weigh.FuzzPlates"},
	"internal/core/weigh/separable.Name.String":        {Fuzz: "internal/core/weigh/separable.FuzzRead"},
	"internal/core/weigh/separable.Name.UnmarshalJSON": {Fuzz: "internal/core/weigh/separable.FuzzRead"},
	"internal/core/weigh/separable.lanesOf":            {Fuzz: "internal/core/weigh/separable.FuzzRead"},
	"internal/core/weigh/separable.readLane":           {Fuzz: "internal/core/weigh/separable.FuzzRead"},

	"internal/core/weigh/compare.Name.UnmarshalJSON": {Fuzz: "internal/core/weigh/compare.FuzzReadVerdict"},
	"internal/core/weigh/compare.ReadVerdict":        {Fuzz: "internal/core/weigh/compare.FuzzReadVerdict"},
	"internal/core/weigh.session.shelves":            {Fuzz: "internal/core/weigh/study.FuzzOf"},
	"internal/core/weigh/study.Unquoted":             {Fuzz: "internal/core/weigh/study.FuzzOf"},
	"internal/core/weigh/study.readAct":              {Fuzz: "internal/core/weigh/study.FuzzOf"},
	"internal/core/weigh/trace.Decode":               {Fuzz: "internal/core/weigh/trace.FuzzDecode"},
	"internal/core/weigh/trace.readName":             {Fuzz: "internal/core/weigh/trace.FuzzDecode"},

	"internal/edge/api.API.checkUpgrade":   {Fuzz: "internal/edge/api.FuzzUpgrade"},
	"internal/edge/api.Problem.GetHeaders": {Why: "reads a parameter of our own problem"},
	"internal/edge/api.askerOf":            {Fuzz: "internal/edge/api.FuzzHeaders"},
	"internal/edge/api.checkForm":          {Fuzz: "internal/edge/api.FuzzOperations"},
	"internal/edge/api.checkJSON":          {Fuzz: "internal/edge/api.FuzzInput"},
	"internal/edge/api.jsonFormat":         {Fuzz: "internal/edge/api.FuzzOperations"},
	"internal/edge/api.quality":            {Fuzz: "internal/edge/api.FuzzHeaders"},
	"internal/edge/api.valueOf":            {Fuzz: "internal/edge/api.FuzzOperations"},

	"internal/edge/link/tcp.Listen":       {Why: operator},
	"internal/edge/link/wire.Decode":      {Fuzz: "internal/edge/link/wire.FuzzDecode"},
	"internal/edge/link/wire.Parse":       {Fuzz: "internal/edge/link/wire.FuzzReader"},
	"internal/edge/link/wire.Reader.Next": {Fuzz: "internal/edge/link/wire.FuzzReader"},
	"internal/edge/link/wire.open":        {Fuzz: "internal/edge/link/wire.FuzzReader"},

	"internal/edge/obs.NewLogger": {Why: operator},

	"internal/edge/provider/sandbox.Server.sync":        {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.Server.verify":      {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.decode":             {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.loopback":           {Fuzz: "internal/edge/provider/sandbox.FuzzServer_control"},
	"internal/edge/provider/sandbox.notifyURL":          {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.numberOf":           {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.order.checkTimes":   {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.parseAuthorization": {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},
	"internal/edge/provider/sandbox.readControl":        {Fuzz: "internal/edge/provider/sandbox.FuzzServer_control"},
	"internal/edge/provider/sandbox.startTime":          {Fuzz: "internal/edge/provider/sandbox.FuzzServer"},

	"internal/edge/provider/wechatpay.Client.exchange":      {Fuzz: "internal/edge/provider/wechatpay.FuzzClient_Answers"},
	"internal/edge/provider/wechatpay.Client.parseNotice":   {Fuzz: "internal/edge/provider/wechatpay.FuzzClient_ParseNotice_Signed"},
	"internal/edge/provider/wechatpay.Secret.UnmarshalText": {Why: "keeps any text as it is"},
	"internal/edge/provider/wechatpay.amount.UnmarshalJSON": {Fuzz: "internal/edge/provider/wechatpay.FuzzClient_Answers"},
	"internal/edge/provider/wechatpay.checkCallback":        {Fuzz: "internal/edge/provider/wechatpay.FuzzClient_ParseNotice"},
	"internal/edge/provider/wechatpay.checkNotifyURL":       {Fuzz: "internal/edge/provider/wechatpay.FuzzNew"},
	"internal/edge/provider/wechatpay.hintOf":               {Fuzz: "internal/edge/provider/wechatpay.FuzzClient_Answers"},
	"internal/edge/provider/wechatpay.loopback":             {Fuzz: "internal/edge/provider/wechatpay.FuzzNew"},
	"internal/edge/provider/wechatpay.parseBase":            {Fuzz: "internal/edge/provider/wechatpay.FuzzNew"},
	"internal/edge/provider/wechatpay.parsePrivateKey":      {Fuzz: "internal/edge/provider/wechatpay.FuzzNew"},
	"internal/edge/provider/wechatpay.parsePublicKey":       {Fuzz: "internal/edge/provider/wechatpay.FuzzNew"},
	"internal/edge/provider/wechatpay.readLogin":            {Fuzz: "internal/edge/provider/wechatpay.FuzzLogin_Identify"},

	"internal/edge/store.value":             {Why: ours + ": a column of the database"},
	"internal/edge/schedule.resultOf":       {Why: ours + ": the text that a run has left"},
	"internal/edge/schedule.When.checkPace": {Why: operator},

	"internal/edge/store/postgres.Redact": {Why: operator},
	"internal/edge/store/postgres.parse":  {Why: operator},

	"internal/run.recall":             {Why: "what this program stored of a lane; what can not be read is begun anew (TestLessons_lost)"},
	"internal/run.recollect":          {Why: "what this program stored of a scale; what can not be read is begun anew, at its status (TestScales_lost)"},
	"internal/run.Replay.Differences": {Why: ours + ": the verdict in a session's trace"},
	"internal/run.Rejudge":            {Why: ours + ": the ids of lanes in a session's trace, behind its checksum"},
}

// Wider are targets that reach no decoder of the table first, and what they fuzz instead.
var Wider = map[string]string{
	"internal/app/vault.FuzzSealer_Open":                 "sealed secrets, as a stolen or broken database holds them",
	"internal/core/weigh.FuzzRecognizer":                 "masses, numbers and moments behind the batch's JSON and the wire's bodies",
	"internal/edge/api.FuzzToken":                        "tokens in headers and cookies",
	"internal/edge/link/driver/native.FuzzDriver_Decode": "bodies into a driver's messages",
	"internal/edge/link/tcp.FuzzGateway":                 "a connection's whole stream, before and behind the handshake",
	"internal/edge/link/wire.FuzzVerify":                 "proofs and codes",
}
