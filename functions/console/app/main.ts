import { connect } from './connection.ts';
import { createFeedView } from './feed-view.ts';
import { createStatusView } from './status-view.ts';
import { createTopView } from './top-view.ts';

const feed = createFeedView();
const status = createStatusView();
const top = createTopView();

connect({
  onState: (state) => {
    status.showConnection(state);
  },
  onTweet: (tweet) => {
    feed.add(tweet);
  },
  onStatus: (data) => {
    status.showStatus(data);
  },
  onTop: (data) => {
    top.show(data);
  },
});
