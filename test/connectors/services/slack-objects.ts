// Objects of Slack's as its Web API gives them.
export const channel = 'C0123456789';
export const user = 'U0123456789';
export const ts = '1503435956.000247';
export const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Build 7* is done' } }];
export const posted = {
  ok: true,
  channel,
  ts,
  message: {
    text: 'Build 7 is done',
    username: 'ecto1',
    bot_id: 'B0123456789',
    type: 'message',
    subtype: 'bot_message',
    ts,
  },
};
export const general = {
  id: 'C0123456789',
  name: 'general',
  is_channel: true,
  is_group: false,
  is_im: false,
  is_mpim: false,
  is_private: false,
  is_archived: false,
  is_general: true,
  is_member: true,
  is_shared: false,
  is_org_shared: false,
  created: 1449252889,
  creator: 'U0123456789',
  name_normalized: 'general',
  unlinked: 0,
  topic: { value: 'Company-wide', creator: 'U0123456789', last_set: 1449709352 },
  purpose: { value: 'Announcements', creator: '', last_set: 0 },
  num_members: 4,
};
export const spengler = {
  id: 'U0123456789',
  team_id: 'T0123456789',
  name: 'spengler',
  deleted: false,
  color: '9f69e7',
  real_name: 'Egon Spengler',
  tz: 'America/New_York',
  tz_label: 'Eastern Daylight Time',
  tz_offset: -14400,
  profile: {
    avatar_hash: 'ge3b51ca72de',
    status_text: 'Print is dead',
    status_emoji: ':books:',
    real_name: 'Egon Spengler',
    display_name: 'spengler',
    real_name_normalized: 'Egon Spengler',
    display_name_normalized: 'spengler',
    email: 'spengler@ghostbusters.example.com',
    phone: '+12125552368',
    title: 'Scientist',
    team: 'T0123456789',
  },
  is_admin: true,
  is_owner: false,
  is_primary_owner: false,
  is_restricted: false,
  is_ultra_restricted: false,
  is_bot: false,
  updated: 1502138686,
  is_app_user: false,
};

export const history = {
  ok: true,
  has_more: false,
  pin_count: 0,
  channel_actions_ts: null,
  channel_actions_count: 0,
  messages: [
    {
      type: 'message',
      user,
      text: 'I find you punny',
      ts: '1512104434.000490',
      thread_ts: '1512104434.000490',
      reply_count: 2,
    },
    {
      type: 'message',
      bot_id: 'B0123456789',
      subtype: 'bot_message',
      text: 'Build 7 is done',
      ts: '1512085950.000216',
    },
  ],
};
