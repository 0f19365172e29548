<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" sourcelanguage="en">
  <context>
    <name>AboutDialog</name>
    <message>
      <source>About Platescribe</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>It cannot be opened right now.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Licence</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads number plates on this computer. Nothing is sent anywhere unless you set up a receiver.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settings</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>BatchQueuePage</name>
    <message>
      <source>1 file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a folder of recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a folder…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add files…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add folder…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Clear</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Drop recordings or a whole folder here. Every vehicle becomes a row of one table (a CSV file).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Files in the queue</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read a folder of recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recordings and pictures ({suffixes});;All files (*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Replace it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The queue is being read; add more when it is done.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{file} is there already. Read the queue and replace it?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} files</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Boxes</name>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Coach</name>
    <message>
      <source>Add light, or give the camera a longer or infrared exposure.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates are blurred.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates are only {} pixels high.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates lean by {}°.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Set the focus, or a shutter of 1/500 s or shorter.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The picture is dark.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Turn the camera level, or move it closer to the lane's line.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Zoom in, move closer, or record at a higher resolution: 20 and more read well.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CorrectionDialog</name>
    <message>
      <source>Correct a read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No picture of this read was kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Note</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Note (optional)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read as {plate}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Right plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save correction</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The original reading is kept next to the correction and can still be found.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{plate} (as read)</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CountriesField</name>
    <message>
      <source>Any</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Any country</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Country codes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No plate format for {codes}. Known: {known}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate to try</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Preset {name}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Try a plate: is it one of these?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ Fits {names}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✗ Fits none of them: such a read would be trusted less.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>CrashDialog</name>
    <message>
      <source>Continue</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copied</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copy the report</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading continues, and everything read so far is in the log. You can keep working. If it happens again, copy this report and send it to whoever maintains the program; passwords have been removed, and nothing is sent automatically.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Report</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Something went wrong</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Days</name>
    <message>
      <source>1 day</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} days</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Dialog</name>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ExportDialog</name>
    <message>
      <source> to {file}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 read will be written.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A folder of the plates' pictures beside it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A folder of the whole pictures beside it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>All reads in the log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Blur all but the plate that was read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>CSV for spreadsheets</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose a file to write.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose at least one column.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Columns</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Counting…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>File to write</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Format</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>JSON, one line per read, with everything the log holds</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stopped; no file was written.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>There is no folder {folder}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>What the search shows</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads will be written.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ 1 read was written</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ {n} reads were written</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Fields</name>
    <message>
      <source>Choose…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Enter a full path, such as {path}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Folder for the log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The user's data folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This disk does not exist.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{path} is a file; choose a folder.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>FilterBar</name>
    <message>
      <source>All plates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Allow list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Also search the alternatives of each read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Alternatives</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Any confidence</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Any country</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Any source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Any time</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Block list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Clear</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Country</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>From</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>From … to …</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Last 30 days</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Last 7 days</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>List</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Look-alikes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Minimum confidence</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>O and 0, I and 1, B and 8 … count as the same</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>On any list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate or a part of it; * stands for several characters, ? for one</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Time</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>To</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Today</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Where the plate is from, such as DE, US or US-CA</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Yesterday</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>at least </source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>HitBanner</name>
    <message>
      <source>  ·  {} more</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Mark all hits of this plate as dealt with</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Mute</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settle</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sound on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch-list hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch-list hit: {}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>HitGroupsModel</name>
    <message>
      <source>Hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Last</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>HitInbox</name>
    <message>
      <source>settling 1 hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settling {n} hits</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>HitsPage</name>
    <message>
      <source>1 waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Mark every hit as dealt with, without a verdict (Ctrl+Z takes it back)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Misread</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No hits waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates with unsettled hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settle all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The list should not have this plate: settle its hits (W)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The plate was read wrong: settle its hits (M)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The plate was right, and is wanted: settle its hits (T)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>True hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>When a plate of a block list is read, it waits here until somebody has settled it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Wrong entry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} waiting</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>JobTableModel</name>
    <message>
      <source>File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Progress</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading, at {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>State</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Vehicles</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ Done</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✗ {error}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>KeysDialog</name>
    <message>
      <source>+  −</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Back or forward 10 seconds</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Back or forward 5 seconds</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Correct the read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+1 …</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+D</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+E</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+F, /</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+N</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+O</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+V</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ctrl+Z</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete what is selected, after asking</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete, in a list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Enter, double click</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Enter, in a list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>F11</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>F5</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>F8, F9</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Faster, slower</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find a plate; Down leads into what was found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Full stop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>J  L</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keys</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Light or dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Next frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>One picture, or all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open the address or files in the clipboard</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures over the whole screen; Escape ends it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Play or pause</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Search again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show or hide the reads, the sources</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Space, K</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>T  M  W, in the hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The pages</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>True hit, misread, wrong entry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Undo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>← →</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>LivePage</name>
    <message>
      <source>Add a camera…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Drop recordings here, paste a camera's address with Ctrl+V, or begin with one of these.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing is open yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open recordings…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Play the demo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read a folder…</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>MainWindow</name>
    <message>
      <source>1 read waits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A part of the program is missing or broken; `python main.py doctor` tells which.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cannot be opened: {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cannot read plates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Change…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close and lose them</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Getting ready…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hits: 1 waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hits: {n} waiting</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Live</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads and their pictures are kept on this computer only, for {} after they are logged.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ready</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recordings are still being read. Stop reading and close? What was read so far is kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stop and close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The settings could not be saved: {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads wait</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{reads} in memory because the log cannot be written right now. Closing loses them.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Menus</name>
    <message>
      <source>&amp;About Platescribe</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Add a source…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Back 10 seconds</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Boxes in the picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Edit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Export…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Faster</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Find a plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Forward 10 seconds</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Full screen</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Help</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Keys</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Layout of the pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Light or dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Next frame</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Open recordings…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Paste an address or file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Play or pause</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Playback</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Reads beside the pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Settings…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Slower</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Sources below the pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Undo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Undo {what}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;View</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>As large as they can be</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Dark colours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Light colours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Mute hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>One picture or &amp;all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open &amp;again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open an &amp;address…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ou&amp;tages…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Play the &amp;demo</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pri&amp;vacy and retention…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read a &amp;folder…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sound at hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tools</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Notice</name>
    <message>
      <source>Got it</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>OpenActions</name>
    <message>
      <source>Address of a camera or stream, such as rtsp://…:</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>All files</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>An address begins with rtsp:// or http://, such as rtsp://192.168.1.20/stream.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Demo clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open an address</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read a folder of recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recordings and pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The clipboard holds no address and no file.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The demo clip is not installed: {} is missing.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The list of sources could not be saved: {}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>OutagesDialog</name>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Duration</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Every camera has sent pictures without a break.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>From</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Outages</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Outages since the start</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reason</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>To</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>no picture came</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>ongoing</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Pages</name>
    <message>
      <source>Hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recordings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Search</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The log is open read-only.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch lists</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>PictureStep</name>
    <message>
      <source>Connecting…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Is the picture good enough?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Picture of the source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates should be at least 20 pixels high, sharp, and not seen at a steep angle.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The picture is bright enough.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Try again</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>You can add it anyway; the program keeps trying until it answers.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{} × {} pixels.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>PlateLabel</name>
    <message>
      <source>{plate}, corrected from {original}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>PlayerBar</name>
    <message>
      <source>Back {} seconds (J)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Forward {} seconds (L)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Next frame (full stop)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pause (Space)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Play (Space)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Speed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Speed (+ and −)</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>PolygonCanvas</name>
    <message>
      <source>Picture to draw on</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ProbabilityDialog</name>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>How likely each character is at each step from left to right</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>How this plate was read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures (*.png)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read anew from this picture. The list says {plate}, {sure} sure, as it was read at the time.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save picture…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The darker a field, the likelier that character there.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The lighter a field, the likelier that character there.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The plate is read from left to right in small steps. Each column is one step, each row a character.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This is one reading, of this picture alone. The list says {plate}, {sure} sure: a vote over all readings of the vehicle, {n} of which agree, so its figures and other texts differ.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{file} cannot be written; choose another folder.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Probe</name>
    <message>
      <source>No answer. Check the address, and that the device is on.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ReadActions</name>
    <message>
      <source>1 plate is on the block list.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 read was deleted.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete the read of {plate} with its pictures? This cannot be undone.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete {n} reads with their pictures? This cannot be undone.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No picture of this plate is kept, so there is nothing to explain.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Put on the list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Put {n} plates on the block list?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Put {plate} on the block list?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This plate is still being read. It can be changed in a moment.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>correcting {plate} to {new}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settling 1 hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settling the hit of {plate}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settling {n} hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} plates are on the block list.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads were deleted.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{plate} is on the clipboard.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{plate} is on the {list} list.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ReadDetail</name>
    <message>
      <source>1 reading</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>All reads of this plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Alternatives</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copy the plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Correct to {plate}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Correct…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Double click: how this plate was read, step by step</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Enter: correct this read. The original reading is kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>How this plate was read, step by step</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No picture was kept</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No read selected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Note on this read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Put this plate on a watch list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Select a read to see its picture, how sure each character is, and the alternatives.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settle hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show this moment in the recording</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The full picture was not kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>at {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settled</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settled: misread</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settled: true hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>settled: wrong entry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>still being read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{found}, by {who}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} readings agree</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ReadMenu</name>
    <message>
      <source>All reads of {plate}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Copy the plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Correct…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete {n} reads…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete: not a plate…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Put on the block list…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settle the hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settle {n} hits</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show this moment in the recording</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch…</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Reads</name>
    <message>
      <source>Allowed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Corrected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Demo clip</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Hit · settled</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sure</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tag</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Time</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Unsure</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ReadsPage</name>
    <message>
      <source>No plates yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates appear here as they are read. Open a camera or a recording to begin.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads, newest first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} new</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} new reads, show the newest</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>RetentionDialog</name>
    <message>
      <source> day</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source> days</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 alternative of another read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 read was deleted.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Counting…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Damaged logs that were set aside may still hold the plate: {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete all reads logged over {days} ago, with their pictures? This cannot be undone.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Delete older now…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Forget one plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Forget this plate…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>How long reads are kept</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep for this long from now on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep reads for</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Now: forever.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Now: {days}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate to forget</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate to forget, as given in the request</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Privacy and retention</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove every trace of {plate}, pictures and notes included? This cannot be undone.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} alternatives of other reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads were deleted.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{reads} and {pictures} ({mb} MB) are older than that.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{reads}, {pictures}, {others}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ Reads are kept for {days}.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>RetentionTimer</name>
    <message>
      <source>1 read logged more than {days} ago was deleted.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads logged more than {days} ago were deleted.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>RunCard</name>
    <message>
      <source>CSV file to write</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Getting ready…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pause</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Paused</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Progress of the whole queue</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Resume</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Start</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stopping after this frame…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Write to</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>about {time} left</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>RunSummary</name>
    <message>
      <source>1 vehicle</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Done. {vehicles}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open CSV</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Start continues where it stopped.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stopped. {vehicles} so far</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The queue could not be read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>and {n} more, in the list above</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{done} of 1 file read, written to {csv}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{done} of {n} files read, written to {csv}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} vehicles</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SearchPage</name>
    <message>
      <source>1 read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Clear filters</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No read in the log fits the time, source, list and confidence that are asked for.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open a camera or a recording: every plate that is read can be found here.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Search</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Show newer reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The log has grown since this search (F5)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The log is empty</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Type fewer characters, use ? for one you are not sure of, or search without filters.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} reads</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SeekBar</name>
    <message>
      <source>Place in the recording</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Settings</name>
    <message>
      <source>A camera that sends nothing for this long is reopened.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A plate seen again sooner counts as the same visit.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A tone is played once when a camera has sent nothing for this long.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Appearance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>As trained</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Blur the rest of exported pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Boxes in the picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cameras</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Codes such as DE, NL; helps where O and 0 look the same. Empty: any country.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Colours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Compute on</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Countries</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Dark</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Deciding</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Finding plates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Flash</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Forever</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Higher is slower to show and wrong less often.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep pictures</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Keep reads for</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Larger finds smaller plates and takes longer. As trained is best for most cameras.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Light</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Light, dark, or following the system.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>List unsure reads</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Log</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Longest wait between attempts</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Lower finds more plates, and more things that are not plates.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No tone</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Nothing</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Off: only the text of a read is kept.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Off: reads that would be marked unsure are counted only.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Off: the picture is shown without boxes.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>On: what is no plate of the countries above is counted, not listed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Only the plate that was read stays sharp.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Only these countries</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Picture size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plates lower than this are too small to read: left out.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plays a tone when a plate on a block list is read.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Privacy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Raise</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Raise: bring it to the front without taking the keyboard. Flash: only mark it in the taskbar.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading plates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Readings that must agree</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads less sure than this are counted, not listed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads logged longer ago are deleted with their pictures, however old or new the recording.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads that are less sure are listed, and marked unsure.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Same plate again after</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Smallest plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sound at a hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stalled after</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sure enough to be a plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sure enough to list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sure from</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>System</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The wait between attempts grows from one second up to this.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tone when a camera is lost for</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Where reads and pictures are kept. Empty: the user's data folder.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Window at a hit</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>auto takes an NVIDIA GPU where there is one. Else: cpu, cuda:1, gpu or npu (Intel).</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>character</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>day</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>days</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>px</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>s</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SettingsDialog</name>
    <message>
      <source> Takes effect after the next start.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>After the next start: {names}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Applied until the program ends, but not saved: {error}. Check the disk.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Changes apply as soon as they are saved.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Restore the defaults of this section</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sections</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Settings</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SourceActions</name>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close for now</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close {}?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>It was set up with “Add source” and opens again at the next start.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove for good</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>There is no picture yet to draw on.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SourceStep</name>
    <message>
      <source>&amp;Address</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Password</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;User</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>/recordings/entrance.mp4</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A camera of this computer, a network camera's address, or a recording.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>A source named {} already exists; choose another name.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Address or file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>An address starts with rtsp:// or http:// and names the camera: {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Camera: {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose a recording</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Choose…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Enter an address or a file.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>If the camera asks for one</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Network camera or stream</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>North gate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Recording or picture</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The password is kept in the system's keyring, or in a file only you can read.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Which source?</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SourceTile</name>
    <message>
      <source>Change this source…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Close {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>One picture, or all</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Picture of {}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Where to look…</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SourceWizard</name>
    <message>
      <source>&amp;Back</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Next</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Start reading</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cancel</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Change a source</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>SourcesPanel</name>
    <message>
      <source>Add a source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>How long each step takes, in milliseconds (median)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>In the last hour</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Of a camera: share of the last minute's pictures that were not read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Pictures that are read a second, of those that the camera sends</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Read/s</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reconnects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Rejected</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Skipped</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sources</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sources and their state</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Stalls</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>State</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>crop</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>decode</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>detect</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>track</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>vote</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{read} of {came}</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>Start</name>
    <message>
      <source>Close</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Open read-only</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The log is open read-only: another Platescribe is writing to it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>You can view the log here, but what this window reads will not be kept.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>States</name>
    <message>
      <source>A part of the program is missing or broken. `python main.py doctor` tells which.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Cannot read</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Connecting…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ended</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Getting ready…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Getting ready… The very first start takes a little longer.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Give the right user and password with “Change this source…”.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Interrupted</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Live</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Login refused since {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No connection since {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No picture since {time}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Paused</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Playing</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reads {read} of {came} a second</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The program keeps trying.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>This computer reads too few pictures: fast vehicles may pass unread. Close other sources, draw where to look, or compute on a graphics card.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>TrackReadings</name>
    <message>
      <source>At</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Every reading of this track ({n})</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Reading</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Readings of this track</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Sure</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Weight</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>WatchEntryDialog</name>
    <message>
      <source> character may differ</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source> characters may differ</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;List</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Note</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>&amp;Tolerance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>AB 123 C or AB*</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Active &amp;hours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add to a watch list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Allow: known, no alarm</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Always. Or: Mon-Fri 08:00-18:00; Sat 22:00-06:00</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Block: tell me when it is seen</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Change an entry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Every character must be right</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Look-&amp;alikes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>O and 0, I and 1, B and 8 … count as the same</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Save</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tr&amp;y it</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Type a plate: would it be covered now?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ This entry covers it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✗ This entry does not cover it.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>WatchPage</name>
    <message>
      <source>, 1 character differs</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>, {n} characters differ</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 entry was written to {file}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>1 new entry was imported.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a plate (Insert)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a plate to be told when it is seen, or to mark it as known. Patterns such as AB* work too.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add a plate…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Add…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>CSV (*.csv);;All (*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Change…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export CSV…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Export the watch lists</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Find in plates and notes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Import CSV…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Import a watch list</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>No plates are watched for</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate to test against the lists</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove {n} entries from the watch lists?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Restore what was removed last (Ctrl+Z)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Try a plate: would it be on a list now?</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Undo removal</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch lists</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Watch-list entries</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>removing 1 entry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>removing {n} entries</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} blocked, {m} allowed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} entries are back.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} entries were taken off the watch lists.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} entries were written to {file}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} new entries were imported.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{plate} is on the watch lists again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{plate} was taken off the watch lists.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ Hit: {list} list, “{plate}”</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✓ Known: {list} list, “{plate}”</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>✗ Not on a list now: it would be logged without an alarm.</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>WatchTableModel</name>
    <message>
      <source>, look-alikes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Active hours</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Allow</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Block</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>List</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Note</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Plate</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Tolerance</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>always</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>exact</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>{n} may differ</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ZonesDialog</name>
    <message>
      <source>Where to look</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ZonesEditor</name>
    <message>
      <source>Click the next corner. Close with Enter, a double click, or a click on the first corner.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Drag corners to move them. Arrow keys move the chosen polygon, Delete removes it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Ignore this (a burnt-in clock, a shop sign)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Look here</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>New polygon</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Remove</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>The whole picture is looked at. Click into it to draw where to look, or what to ignore.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Undo</source>
      <translation type="unfinished" />
    </message>
  </context>
  <context>
    <name>ZonesStep</name>
    <message>
      <source>Draw around the lane if other plates are in view, and mask clocks in the picture. Or skip this step.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>There is no picture to draw on; the whole picture will be looked at.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <source>Where to look?</source>
      <translation type="unfinished" />
    </message>
  </context>
</TS>
