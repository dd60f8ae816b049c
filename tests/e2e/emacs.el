;;; What somebody does in Emacs with eglot.  -*- lexical-binding: t -*-
;; Started by emacs.sh, which says in CHECKOUT, MAPPING and CONFIG which files to open.  Nothing is saved.

(require 'eglot)
(require 'flymake)
(require 'xref)
(require 'seq)

(defun try-fail (what &optional seen)
  (message "FAILED: %s %S" what (or seen ""))
  (kill-emacs 1))

(defun try-await (what look)
  "Wait until LOOK returns something; fail with WHAT if it never does."
  (let ((tries 600) found)
    (while (and (> tries 0) (not (setq found (funcall look))))
      (setq tries (1- tries))
      (accept-process-output nil 0.1))
    (unless found (try-fail what (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))
    (message "ok: %s" what)
    found))

(defun try-has (code)
  "Whether a diagnostic of this buffer names the rule CODE."
  (flymake-start) ; takes what has come; a timer does so when nobody types
  (seq-some (lambda (found) (string-match-p code (flymake-diagnostic-text found)))
            (flymake-diagnostics)))

(let* ((root (file-name-as-directory (getenv "CHECKOUT")))
       (mapping (find-file-noselect (concat root (getenv "MAPPING"))))
       (config (find-file-noselect (concat root (getenv "CONFIG")))))
  (with-current-buffer mapping
    (unless (eq major-mode 'mirror-mapping-mode) (try-fail "a mapping file has its mode" major-mode))
    (apply #'eglot--connect (eglot--guess-contact))
    (try-await "the server is there" #'eglot-managed-p)
    (goto-char (point-max))
    (insert "quay.io/example/extra:1 registry.svc.ci.openshift.org/ci/extra:1\n")
    ;; Another timer sends what was typed.
    (eglot--signal-textDocument/didChange)
    (try-await "a bad destination is seen" (lambda () (try-has "decommissioned-registry")))
    (delete-region (line-beginning-position 0) (point))
    (eglot--signal-textDocument/didChange)
    (try-await "and goes with it" (lambda () (not (try-has "decommissioned-registry")))))
  (with-current-buffer config
    (try-await "a config has the same server" #'eglot-managed-p)
    (goto-char (point-min))
    (search-forward "name: too")
    (let* ((places (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))
           (place (and places (xref-item-location (car places)))))
      (unless (and place
                   (string-suffix-p (getenv "MAPPING") (xref-location-group place))
                   (= 2 (xref-location-line place)))
        (try-fail "a base image leads to its mapping line" places)))
    (message "ok: a base image leads to its mapping line"))
  (with-current-buffer mapping
    (goto-char (point-min))
    (search-forward "registry.ci.openshift.org/ci/tools")
    (delete-region (line-beginning-position) (line-end-position))
    (eglot--signal-textDocument/didChange))
  (with-current-buffer mapping
    (try-await "a removed provider is seen" (lambda () (try-has "image-provider-removed")))
    (set-buffer-modified-p nil))
  (kill-buffer mapping)
  (with-current-buffer (find-file-noselect (concat root (getenv "MAPPING")))
    (try-await "the file opened anew has the same server" #'eglot-managed-p)
    (try-await "and all is cleared when the buffer is closed"
               (lambda () (not (try-has "image-provider-removed")))))
  (message "all passed")
  (kill-emacs 0))
