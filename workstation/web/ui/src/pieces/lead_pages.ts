// The pages that only leads see: fetched when one has signed in, so that an operator's first load
// does not carry them.
import "./calls_board.js";
import "./campaign_board.js";
import "./floor_board.js";
import "./listening_bar.js";
import "./report_page.js";
