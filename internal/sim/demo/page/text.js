// All words of the page. A test holds both languages to the same keys. {name} is a parameter.

const zh = {
  tagline: '一次购物，从秤到账',
  skip: '跳到手机',
  phone: '手机',
  cabinet: '货柜',
  cabinets: '五台货柜',
  views: '切换画面',
  walk: '一次购物的步骤',
  phone_of: '手机主人',
  other_language: 'English',
  other_language_hint: 'Switch to English',

  step_scan: '扫码',
  step_authorize: '授权',
  step_unlock: '开锁',
  step_take: '取货',
  step_close: '关门',
  step_weigh: '称重',
  step_settle: '结单',
  step_collect: '扣款',
  after_scan: '扫码后 {s} 秒',

  online: '在线',
  offline: '离线',
  door_closed: '门已锁',
  door_opening: '门锁已松开',
  door_open: '门开着',
  door_shutting: '正在关门',
  door_locked_hint: '先用手机扫码并授权',
  door_opening_hint: '15 秒内拉开，否则重新上锁',
  door_open_hint: '取好后关门即结账',
  pull: '拉开柜门',
  shut: '关上柜门',
  unplug: '拔掉网线',
  plug: '插回网线',
  unplugged_hint: '网线已拔：货柜自己记下一切，插回后补传',
  waiting_hint: '有读数等待平台落库',
  pieces: '×{n}',
  empty: '已售空',
  take: '拿取',
  take_label: '拿取一件{name}，{lane} 号货道',
  back: '放回',
  back_label: '放回一件{name}，{lane} 号货道',
  here: '放这里',
  here_label: '放这里：手里的{name}，{lane} 号货道',
  lane_label: '{lane} 号货道，{name}，{price}',
  scale: '秤读数',
  hand: '手里',
  hand_empty: '手里还没有东西',
  hand_hint: '点一下手里的商品，可以试着放错货道',
  hand_placing: '选一个货道放下{name}',
  strange: '放错了',

  log: '幕后：手机与平台的每一句话',
  log_hint: '手机只用公开接口 /v1；/demo 只扮演手、门和支付方的页面。',

  home_title: '扫一扫柜门上的码',
  home_hint: '选一台货柜，就当扫了它门上的二维码。',
  history: '最近的购物',
  history_none: '还没有购物记录',
  scanning: '正在问货柜在不在…',
  inside: '柜里有什么',
  ready: '可以购买',
  taken: '有人正在使用',
  not_there: '货柜离线',
  not_ready: '暂不可售',
  again: '再试一次',
  authorize: '授权并开门',
  authorize_hint: '先拿后付：关门后按实际拿走的商品扣款。',
  back_home: '返回',

  asking: '正在请求支付方…',
  wx_title: '微信支付分',
  wx_sandbox: '沙箱 · 不会真的扣钱',
  wx_merchant: 'Larder 智能货柜',
  wx_service: '服务',
  wx_service_value: '先拿后付 · 开门取货',
  wx_place: '地点',
  wx_ceiling: '最高',
  wx_ceiling_hint: '实际扣款以关门后的结单为准，不会超过此额。',
  wx_confirm: '确认并开门',
  wx_leave: '不用了',
  wx_left: '剩 {s} 秒',

  unlocking: '正在开锁',
  unlocking_hint: '平台确认货柜在线，再发出开门指令。',
  released: '门锁已松开，请拉开柜门',
  to_cabinet: '去开门',
  shopping: '柜门已开，请取商品',
  estimated: '预计',
  basket_empty: '还没有拿东西',
  basket_hint: '放回去就不算。关门后以称重结果为准。',
  total: '合计',
  open_for: '已开 {s} 秒',
  weighing: '正在称重',
  weighing_hint: '门已关好。等秤上的晃动停下来，再算拿走了什么。',
  basket_say: '购物篮预计 {n} 件，{total}',

  charged: '购物完成',
  nothing_taken: '没有拿走东西',
  nothing_taken_hint: '未扣款，授权已释放。',
  canceled: '已取消',
  canceled_hint: '门没有开，未扣款，授权已释放。',
  not_opened: '门没有打开',
  not_opened_hint: '未扣款，授权已释放。请再试一次。',
  written_off: '本次不收费',
  written_off_hint: '工作人员核对后决定不收费。',
  review: '需要人工核对',
  review_hint: '秤的读数说不清拿走了什么。工作人员核对后才会扣款，不会猜。',
  ended: '已结束',
  receipt: '小票',
  why: '为什么是 {n} 件',
  why_before: '开门前',
  why_after: '关门后',
  why_text: '开门前 {before}，关门后 {after}，轻了 {loss}。每件约 {unit}，正好 {n} 件，误差 {rest}。',
  why_gone: '开门前 {before}，关门后 {after}，轻了 {loss}。每件约 {unit}，共离开 {all} 件，其中 {moved} 件放到了别的货道，所以收 {n} 件，误差 {rest}。',
  why_unknown: '这条货道没有可用的稳定读数，由工作人员核对决定。',
  scales: '每一台秤怎么说',
  scale_lane: '货道',
  scale_before: '前',
  scale_after: '后',
  scale_count: '件',
  scale_rest: '误差',
  confidence: '把握 {p}',
  decided: '关门后 {s} 秒得出结果',
  number: '编号 {id}',
  done: '再买一次',

  pay_asking: '正在请求授权',
  pay_waiting: '等待确认',
  pay_authorized: '已授权，尚未扣款',
  pay_capturing: '扣款中',
  pay_captured: '已扣款 {amount}',
  pay_releasing: '正在释放授权',
  pay_released: '授权已释放',

  state_awaiting: '等待授权',
  state_opening: '正在开锁',
  state_open: '门开着',
  state_weighing: '称重中',
  state_review: '待核对',
  state_ended: '已结束',

  problem_invalid: '提交的内容有误。',
  problem_unauthorized: '登录已过期，请重试。',
  problem_forbidden: '没有权限。',
  problem_not_found: '没有找到。这个码可能已更换。',
  problem_conflict: '情况已经变了，请重试。',
  problem_key_reused: '这次请求与先前的不一致，请重新扫码。',
  problem_limited: '试得太频繁，请 {retry_after_s} 秒后再试。',
  problem_door_taken: '有人正在使用这台货柜，请稍等。',
  problem_cabinet_offline: '货柜没有应答，可能断网了。没有扣款。',
  problem_cabinet_not_ready: '货柜暂时不能出售。',
  problem_debt: '上一次购物还没有付清。',
  problem_visit_under_way: '您还有一次购物没有结束。',
  problem_provider_trouble: '支付方暂时不可用，没有扣款。',
  problem_overload: '平台繁忙，请稍后再试。',
  problem_internal: '平台出错了，我们已记录。',
  problem_not_cancelable: '门已经开了，不能取消；不拿东西就不收钱。',
  problem_too_large: '提交的内容过大。',
  problem_unsupported: '这种货柜做不到。',
  problem_locked: '门锁着。先用手机扫码授权。',
  problem_jammed: '锁舌卡住了。',
  problem_is_open: '门已经开着。',
  problem_is_shut: '门关着，够不到。',
  problem_not_enough: '这条货道没有那么多件。',
  problem_not_out: '手里没有这件商品。',
  problem_network: '连不上平台，正在重试。',
  problem_other: '没有成功（{code}）。',
};

const en = {
  tagline: 'One purchase, from the scale to the money',
  skip: 'Skip to the phone',
  phone: 'Phone',
  cabinet: 'Cabinet',
  cabinets: 'Five cabinets',
  views: 'Switch the view',
  walk: 'The steps of one purchase',
  phone_of: 'Phone of',
  other_language: '中文',
  other_language_hint: '切换到中文',

  step_scan: 'Scan',
  step_authorize: 'Authorize',
  step_unlock: 'Unlock',
  step_take: 'Take',
  step_close: 'Close',
  step_weigh: 'Weigh',
  step_settle: 'Settle',
  step_collect: 'Collect',
  after_scan: '{s} s after the scan',

  online: 'online',
  offline: 'offline',
  door_closed: 'Locked',
  door_opening: 'Lock released',
  door_open: 'Door open',
  door_shutting: 'Door closing',
  door_locked_hint: 'Scan and authorize on the phone first',
  door_opening_hint: 'Pull within 15 s, or it locks again',
  door_open_hint: 'Shut the door when done: that is the checkout',
  pull: 'Pull the door open',
  shut: 'Shut the door',
  unplug: 'Unplug the network',
  plug: 'Plug it back in',
  unplugged_hint: 'Unplugged: the cabinet keeps its own log and replays it later',
  waiting_hint: 'readings wait until the platform has kept them',
  pieces: '×{n}',
  empty: 'Sold out',
  take: 'Take',
  take_label: 'Take one {name} from lane {lane}',
  back: 'Return',
  back_label: 'Return one {name} to lane {lane}',
  here: 'Put here',
  here_label: 'Put here: {name} from your hand, lane {lane}',
  lane_label: 'Lane {lane}, {name}, {price}',
  scale: 'Scale',
  hand: 'In your hand',
  hand_empty: 'Nothing in your hand yet',
  hand_hint: 'Select an item in your hand to put it into the wrong lane',
  hand_placing: 'Choose a lane for the {name}',
  strange: 'misplaced',

  log: 'Behind the scenes: every word between phone and platform',
  log_hint: 'The phone uses the public API, /v1, only. /demo plays hands, the door and the provider’s page.',

  home_title: 'Scan the code on a door',
  home_hint: 'Choose a cabinet, as if you had scanned the code on its door.',
  history: 'Recent purchases',
  history_none: 'No purchases yet',
  scanning: 'Asking whether the cabinet is there…',
  inside: 'What is inside',
  ready: 'Ready to sell',
  taken: 'Somebody is using it',
  not_there: 'The cabinet is offline',
  not_ready: 'Cannot sell right now',
  again: 'Try again',
  authorize: 'Authorize and open',
  authorize_hint: 'Take first, pay after: you are charged for what you really took.',
  back_home: 'Back',

  asking: 'Asking the provider…',
  wx_title: 'WeChat Pay Score',
  wx_sandbox: 'Sandbox · no real money moves',
  wx_merchant: 'Larder smart cabinets',
  wx_service: 'Service',
  wx_service_value: 'Take first, pay after',
  wx_place: 'Place',
  wx_ceiling: 'At most',
  wx_ceiling_hint: 'You are charged what the receipt says after the door is shut, never more than this.',
  wx_confirm: 'Confirm and open',
  wx_leave: 'No, thank you',
  wx_left: '{s} s left',

  unlocking: 'Unlocking',
  unlocking_hint: 'The platform proves that the cabinet is there, then tells it to open.',
  released: 'The lock is released: pull the door',
  to_cabinet: 'Go to the door',
  shopping: 'The door is open, help yourself',
  estimated: 'estimated',
  basket_empty: 'Nothing taken yet',
  basket_hint: 'What you put back does not count. The scales decide once the door is shut.',
  total: 'Total',
  open_for: 'open for {s} s',
  weighing: 'Weighing',
  weighing_hint: 'The door is shut. Once the scales have come to rest, they say what is gone.',
  basket_say: 'Basket: {n} items, estimated {total}',

  charged: 'All done',
  nothing_taken: 'Nothing was taken',
  nothing_taken_hint: 'Nothing is charged; the authorization is released.',
  canceled: 'Canceled',
  canceled_hint: 'The door stayed shut. Nothing is charged; the authorization is released.',
  not_opened: 'The door did not open',
  not_opened_hint: 'Nothing is charged; the authorization is released. Please try again.',
  written_off: 'Free of charge',
  written_off_hint: 'A member of staff has looked at it and decided not to charge.',
  review: 'A person will look at this',
  review_hint: 'The scales do not say clearly what was taken. You are charged only after a member of staff has checked; nobody guesses.',
  ended: 'Ended',
  receipt: 'Receipt',
  why: 'Why {n}?',
  why_before: 'before',
  why_after: 'after',
  why_text: '{before} before, {after} after: {loss} lighter. One piece weighs about {unit}, so that makes {n}; the rest is {rest}.',
  why_gone: '{before} before, {after} after: {loss} lighter. One piece weighs about {unit}, so {all} left this lane; {moved} of them went into another lane, and {n} are charged. The rest is {rest}.',
  why_unknown: 'This lane gave no stable weight; a member of staff decided.',
  scales: 'What every scale said',
  scale_lane: 'Lane',
  scale_before: 'Before',
  scale_after: 'After',
  scale_count: 'Pcs',
  scale_rest: 'Rest',
  confidence: 'confidence {p}',
  decided: 'decided {s} s after the close',
  number: 'No. {id}',
  done: 'Shop again',

  pay_asking: 'Asking for authorization',
  pay_waiting: 'Waiting for your consent',
  pay_authorized: 'Authorized, nothing collected yet',
  pay_capturing: 'Collecting',
  pay_captured: '{amount} collected',
  pay_releasing: 'Releasing the authorization',
  pay_released: 'Authorization released',

  state_awaiting: 'Awaiting consent',
  state_opening: 'Unlocking',
  state_open: 'Door open',
  state_weighing: 'Weighing',
  state_review: 'In review',
  state_ended: 'Ended',

  problem_invalid: 'The input is not valid.',
  problem_unauthorized: 'The sign-in has ended. Please try again.',
  problem_forbidden: 'You may not do this.',
  problem_not_found: 'There is no such thing. The code may have been replaced.',
  problem_conflict: 'This has changed meanwhile. Please try again.',
  problem_key_reused: 'This request differs from the one before. Please scan again.',
  problem_limited: 'Too many attempts. Try again in {retry_after_s} s.',
  problem_door_taken: 'Somebody is using this cabinet. Please wait a moment.',
  problem_cabinet_offline: 'The cabinet does not answer; it may be offline. Nothing is charged.',
  problem_cabinet_not_ready: 'The cabinet cannot sell right now.',
  problem_debt: 'An earlier purchase is not paid yet.',
  problem_visit_under_way: 'Another purchase of yours is still under way.',
  problem_provider_trouble: 'The payment provider cannot be reached. Nothing is charged.',
  problem_overload: 'The platform is busy. Please try again.',
  problem_internal: 'Something went wrong on our side. It has been recorded.',
  problem_not_cancelable: 'The door is already open. Take nothing and you pay nothing.',
  problem_too_large: 'The input is too large.',
  problem_unsupported: 'This cabinet cannot do that.',
  problem_locked: 'The door is locked. Scan and authorize on the phone first.',
  problem_jammed: 'The bolt is stuck.',
  problem_is_open: 'The door is open already.',
  problem_is_shut: 'The door is shut; you cannot reach in.',
  problem_not_enough: 'There are not so many pieces in this lane.',
  problem_not_out: 'You do not hold this item.',
  problem_network: 'The platform cannot be reached. Trying again.',
  problem_other: 'That did not work ({code}).',
};

const texts = { zh, en };
const remembered = 'larder_demo_language';

let language = choose();

function choose() {
  const asked = new URLSearchParams(location.search).get('lang') ?? recall();
  if (asked in texts) return asked;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function recall() {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null; // a browser that keeps nothing still shows the page
  }
}

export const isChinese = () => language === 'zh';

export function switchLanguage() {
  language = isChinese() ? 'en' : 'zh';
  try {
    localStorage.setItem(remembered, language);
  } catch { /* as in recall */ }
}

// t is the sentence of a key, its parameters filled in.
export function t(key, params = {}) {
  const sentence = texts[language][key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '?');
}

export const hasText = (key) => key in texts[language];

// localName is the name of something that has one in each language.
export const localName = (thing) => (isChinese() || !thing.name_en ? thing.name : thing.name_en);
export const localPlace = (cabinet) => (isChinese() ? cabinet.place : cabinet.place_en);

export const yuan = (fen) => '¥' + (fen / 100).toFixed(2);

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

// grams writes a mass; a mass that no scale gave is a dash.
export function grams(mass) {
  return mass === null || mass === undefined ? '–' : minus(whole.format(Math.round(mass) || 0)) + (isChinese() ? ' 克' : ' g');
}

// signed is a mass with its sign.
export function signed(mass) {
  return (Math.round(mass) > 0 ? '+' : '') + grams(mass);
}

// minus writes negative numbers with a real minus sign.
const minus = (digits) => digits.replace('-', '−');

export const number = (n) => minus(whole.format(Math.round(n) || 0));

export function clock(millis) {
  return new Date(millis).toLocaleTimeString(isChinese() ? 'zh-CN' : 'en-GB', { hour12: false });
}
