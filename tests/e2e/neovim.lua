-- What somebody does in Neovim, 0.7 or later, with `mirrorlint lsp`. Started by neovim.sh, which
-- says in MIRRORLINT, CHECKOUT, MAPPING, CONFIG and IMAGE what to run and which files to open. Nothing
-- is saved.

local binary, root = vim.env.MIRRORLINT, vim.env.CHECKOUT
local mapping, config = root .. '/' .. vim.env.MAPPING, root .. '/' .. vim.env.CONFIG
-- An image that a line of the mapping file provides, and the config names as a base image.
local namespace, name, tag = vim.env.IMAGE:match('^(.-)/(.-):(.*)$')
local destination = ('registry.ci.openshift.org/%s/%s:%s'):format(namespace, name, tag)

local function out(text) io.stdout:write(text .. '\n') end

local function fail(what, seen)
  out('FAILED: ' .. what)
  if seen ~= nil then out(vim.inspect(seen)) end
  vim.cmd('cquit 1')
  error('unreachable')
end

-- Waits until `look` returns something other than nil and false.
local function await(what, look, seen)
  local got
  if not vim.wait(60000, function() got = look(); return got end, 20) then
    fail(what, seen and seen())
  end
  out('ok: ' .. what)
  return got
end

local function expect(what, holds, seen)
  if not holds then fail(what, seen) end
  out('ok: ' .. what)
end

local client
local function attach(buffer)
  local settings = {
    name = 'mirrorlint',
    cmd = { binary, 'lsp' },
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = 'release' } },
  }
  if vim.lsp.start then -- since 0.8
    settings.flags = { debounce_text_changes = 0 }
    client = vim.lsp.start(settings, { bufnr = buffer })
  else
    settings.flags = { debounce_text_changes = 0 }
    client = client or vim.lsp.start_client(settings)
    vim.lsp.buf_attach_client(buffer, client)
  end
end

local function edit(path)
  vim.cmd('edit ' .. vim.fn.fnameescape(path))
  local buffer = vim.api.nvim_get_current_buf()
  attach(buffer)
  return buffer
end

local function lines(buffer) return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end

-- The diagnostics of one file, opened or not, with a code that matches.
local function found(path, code)
  local buffer = vim.fn.bufnr(path)
  if buffer == -1 then return {} end
  return vim.tbl_filter(function(diagnostic)
    local given = diagnostic.code
    if given == nil and diagnostic.user_data and diagnostic.user_data.lsp then
      given = diagnostic.user_data.lsp.code
    end
    return given ~= nil and tostring(given):match(code) ~= nil
  end, vim.diagnostic.get(buffer))
end

-- The number of the first line that holds `text`, from 1.
local function line_of(buffer, text)
  for number, line in ipairs(lines(buffer)) do
    if line:find(text, 1, true) then return number end
  end
  fail('a line with ' .. text)
end

local function put_cursor(line, column) vim.api.nvim_win_set_cursor(0, { line, column }) end

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  local answer = answers and answers[client]
  if not answer or answer.err or answer.error then fail(method .. ' is answered', answers) end
  return answer.result
end

local function position()
  return vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client).offset_encoding)
end

-- A bad destination, typed.
local buffer = edit(mapping)
await('the server is there', function()
  local attached = vim.lsp.get_client_by_id(client)
  local able = attached and attached.server_capabilities -- set when the server has answered
  return able and able.hoverProvider
end)
local bad = ('quay.io/example/extra:1 registry.svc.ci.openshift.org/%s/extra:1'):format(namespace)
vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { bad })
local typed = #lines(buffer)
local diagnostic = await('a bad destination is seen', function()
  return found(mapping, '^decommissioned%-registry$')[1]
end, function() return vim.diagnostic.get(buffer) end)
expect('where it was typed', diagnostic.lnum + 1 == typed
  and bad:sub(diagnostic.col + 1):match('^registry%.svc') ~= nil, diagnostic)

-- The fix, chosen from the code actions.
local chosen
vim.ui.select = function(items, options, choose)
  for _, item in ipairs(items) do
    local title = options.format_item and options.format_item(item) or ''
    if title:match('registry%.ci%.openshift%.org') then
      chosen = title
      return choose(item, 1)
    end
  end
  fail('there is a fix among the code actions', vim.tbl_map(options.format_item, items))
end
put_cursor(typed, diagnostic.col + 1)
vim.lsp.buf.code_action()
await('the fix is applied', function()
  return lines(buffer)[typed] == bad:gsub('registry%.svc%.ci', 'registry.ci')
end, function() return { chosen, lines(buffer)[typed] } end)
await('the diagnostic goes', function() return #found(mapping, '^decommissioned%-registry$') == 0 end)

-- From a base image to its mapping line.
local user = edit(config)
local named = line_of(user, ('name: %s'):format(name))
put_cursor(named, #lines(user)[named] - 1)
await('the config is attached', function() return vim.lsp.buf_is_attached(user, client) end)
vim.lsp.buf.definition()
await('a base image leads to its mapping line', function()
  local at = vim.api.nvim_win_get_cursor(0)
  return vim.api.nvim_get_current_buf() == buffer and at[1] == line_of(buffer, destination)
end, function() return { vim.api.nvim_buf_get_name(0), vim.api.nvim_win_get_cursor(0) } end)

-- What the editor is told about it, and who uses it.
vim.api.nvim_set_current_buf(user)
put_cursor(named, #lines(user)[named] - 1)
local said = request('textDocument/hover', position())
expect('hover tells of the provider', said and said.contents.value:find(vim.env.IMAGE, 1, true)
  and said.contents.value:find('mapping file', 1, true), said)
vim.api.nvim_set_current_buf(buffer)
put_cursor(line_of(buffer, destination), lines(buffer)[line_of(buffer, destination)]:find(destination, 1, true) + 1)
local asked = position()
asked.context = { includeDeclaration = false }
local users = request('textDocument/references', asked)
expect('the provider leads to its users', vim.tbl_contains(vim.tbl_map(function(location)
  return vim.uri_to_fname(location.uri)
end, users), config), users)

-- Completion of an ImageStreamTag, while the config does not parse into one.
vim.api.nvim_set_current_buf(user)
local before = lines(user)[named]
vim.api.nvim_buf_set_lines(user, named - 1, named, false, { (before:gsub('name: .*', 'name: ')) })
put_cursor(named, #lines(user)[named])
-- Behind the last character, where somebody who types is.
local here = { textDocument = vim.lsp.util.make_text_document_params(user),
  position = { line = named - 1, character = #lines(user)[named] } }
local offered = request('textDocument/completion', here)
local items = vim.tbl_filter(function(item) return item.label == name end, offered.items or offered)
expect('the name is offered', #items == 1, offered)
vim.lsp.util.apply_text_edits({ items[1].textEdit }, user, vim.lsp.get_client_by_id(client).offset_encoding)
expect('and completes the line', lines(user)[named] == before, lines(user)[named])

-- The provider goes, and has users elsewhere.
local is_removed = '^image%-provider%-removed$'
await('nothing is removed before', function() return #found(mapping, is_removed) == 0 end,
  function() return vim.diagnostic.get(buffer) end)
local provided = line_of(buffer, destination)
vim.api.nvim_buf_set_lines(buffer, provided - 1, provided, false, {})
await('a removed provider is seen', function()
  return #found(mapping, is_removed) > 0
end, function() return vim.diagnostic.get() end)

-- Thrown away, all is as it was.
vim.cmd('bwipeout! ' .. buffer)
await('and all is cleared when the buffer is closed', function()
  return #found(mapping, '.') == 0
end, function() return vim.diagnostic.get() end)

vim.lsp.stop_client(client)
await('the server stops', function()
  local attached = vim.lsp.get_client_by_id(client)
  return attached == nil or attached.is_stopped()
end)
out('all passed')
vim.cmd('qall!')
