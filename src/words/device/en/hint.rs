//! What helps: one action each.

pub(crate) const MAKE_ONE: &str =
    "make one with `keyspool-device init`, or name its folder with --state";
pub(crate) const OWN_FOLDER: &str =
    "name a folder that does not exist yet with --state, it is then made for its owner only";
pub(crate) const WAIT: &str = "wait for it, or end it, and try again";
pub(crate) const STATE_COMPONENTS: &str =
    "state what tells it apart, for example --component board=SERIAL";
pub(crate) const STATE_NEED: &str = "state it, for example --need core=16";
pub(crate) const COMPARE_KEY: &str = "compare it with what was sold, character by character";
pub(crate) const SECOND_REQUEST: &str = "redeem the others with a second request";
pub(crate) const NAME_FORM: &str = "let its name end with .json, .txt, .png or .svg";
pub(crate) const OTHER_WAY: &str =
    "install the bundle's zip file, photograph the code again, or paste its text to `install -`";
pub(crate) const GIVE_ZIP: &str = "give the zip file as it came from the signer";
pub(crate) const COPY_ZIP: &str = "copy the zip file again from the signer's medium, as it is";
pub(crate) const COPY_FILE: &str = "copy the file again from the signer's medium";
pub(crate) const NAME_TYPES: &str =
    "name them in the product's order, for example --licence-types core,universal";
pub(crate) const ADD_YES: &str = "add --yes if it is meant";
pub(crate) const ADD_REASON: &str = "add --reason moved, retired, replaced or other";
pub(crate) const WRITE_AGAIN: &str =
    "write it again with `keyspool-device deactivate --again --out FILE`";
pub(crate) const WRITE_JSON: &str = "write a .json file instead";
pub(crate) const OTHER_FOLDER: &str =
    "use another folder with --state; making it anew would lose its activation";
pub(crate) const RESTORE: &str = "put the folder of the state back from a copy";
pub(crate) const INSTALL_FIRST: &str =
    "install an activation first with `keyspool-device install FILE`";
pub(crate) const WHOLE_BUNDLE: &str =
    "install the newest bundle as a whole, the trust list in it included";
pub(crate) const OWN_BUNDLE: &str =
    "look for the bundle whose README.txt names this device's Computer ID";
pub(crate) const ASK_ANEW: &str = "ask for a new activation with `keyspool-device describe`";
pub(crate) const DESCRIBE_NOW: &str = "describe the device as it is now with `keyspool-device \
    describe`, and have it activated anew";
pub(crate) const NEWEST_BUNDLE: &str = "install the newest bundle of this device";
pub(crate) const COMPARE_LINES: &str =
    "compare the lines with computer-key.txt, character by character";
