-- Edits FILE as a person does: waits for the problem, takes the preferred quick fix, saves, asks for a hover and goes to a
-- definition. Prints what the editor saw as JSON. Arguments: SETTINGS FILE, a lua file with the settings of the documentation.
local settings, file = arg[1], arg[2]
vim.cmd("filetype on")
dofile(settings)
vim.cmd.edit(file)

local seen = {}
local function wait(what, done)
  if not vim.wait(25000, done, 20) then
    seen.missing = what
    print(vim.json.encode(seen))
    vim.cmd("cquit 1")
  end
end

wait("a problem", function() return #vim.diagnostic.get(0) > 0 end)
local problem = vim.diagnostic.get(0)[1]
seen.problem = { code = problem.code, source = problem.source, line = problem.lnum + 1, word = vim.api.nvim_buf_get_text(
  0, problem.lnum, problem.col, problem.end_lnum, problem.end_col, {})[1] }

vim.api.nvim_win_set_cursor(0, { problem.lnum + 1, problem.col })
vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.isPreferred end })
wait("no problem", function() return #vim.diagnostic.get(0) == 0 and vim.bo.modified end)
vim.cmd.write()

local at = vim.lsp.util.make_position_params(0, "utf-16")
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", at, 25000)
for _, answer in pairs(answers or {}) do seen.hover = answer.result and answer.result.contents.value end

vim.fn.search("prod", "bw")
vim.lsp.buf.definition()
wait("the definition", function() return vim.fs.basename(vim.api.nvim_buf_get_name(0)) ~= vim.fs.basename(file) end)
seen.definition = { file = vim.fs.basename(vim.api.nvim_buf_get_name(0)), line = vim.api.nvim_win_get_cursor(0)[1] }

print(vim.json.encode(seen))
vim.cmd("qall!")
